/**
 * Published data sets and where they are kept, with the checksums that their authors or torchvision give: what `convkit data download`
 * fetches. `{base}` of a mirror and a file's name make its address.
 */
export interface PublishedFile {
  readonly name: string;
  readonly md5: string;
  /** Whole when left out. Else its files are laid into the folder, without the folders that they lie in. */
  readonly unpack?: "tar.gz" | "zip";
}

export interface PublishedDataset {
  readonly title: string;
  /** What `convkit train` calls it, in front of its folder. */
  readonly kind: string;
  /** Tried in this order. */
  readonly mirrors: readonly string[];
  readonly files: readonly PublishedFile[];
  /** To download. */
  readonly bytes: number;
  readonly licence: string;
  readonly source: string;
}

/** The four files of MNIST and those that took its place, in the order train images and labels, test images and labels. */
const idxFiles = (checksums: string): PublishedFile[] =>
  checksums.split(" ").map((md5, i) => ({
    name: `${i < 2 ? "train" : "t10k"}-${i % 2 === 0 ? "images-idx3" : "labels-idx1"}-ubyte.gz`,
    md5,
  }));

export const published: Readonly<Record<string, PublishedDataset>> = {
  mnist: {
    title: "MNIST: 70,000 handwritten digits, 28×28 grey",
    kind: "mnist",
    mirrors: [
      "https://ossci-datasets.s3.amazonaws.com/mnist/",
      "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ],
    files: idxFiles(
      "f68b3c2dcbeaaa9fbdd348bbdeb94873 d53e105ee54ea40749a09fcbcd1e9432 " +
        "9fb629c4189551a2d022fa330f9573f3 ec29112dd5afa0611ce80d1b7f02629c",
    ),
    bytes: 11_594_722,
    licence: "CC BY-SA 3.0",
    source: "LeCun, Bottou, Bengio and Haffner 1998",
  },
  "fashion-mnist": {
    title: "Fashion-MNIST: 70,000 pieces of clothing, 28×28 grey",
    kind: "fashion-mnist",
    mirrors: [
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
      "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
    ],
    files: idxFiles(
      "8d4fb7e6c68d591d4c3dfef9ec88bf0d 25c81989df183df01b3e8a0aad5dffbe " +
        "bef4ecab320f06d8554ea6380940ec79 bb300cfdad3c16e7a12a480ee83cd310",
    ),
    bytes: 30_878_645,
    licence: "MIT",
    source: "Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747",
  },
  kmnist: {
    title: "Kuzushiji-MNIST: 70,000 Japanese characters, 28×28 grey",
    kind: "kmnist",
    mirrors: ["http://codh.rois.ac.jp/kmnist/dataset/kmnist/"],
    files: idxFiles(
      "bdb82020997e1d708af4cf47b453dcf7 e144d726b3acfaa3e44228e80efcd344 " +
        "5c965bf0a639b31b8f53240b1b52f4d7 7320c461ea6c1c855c0b718fb2a4b134",
    ),
    bytes: 21_000_000,
    licence: "CC BY-SA 4.0",
    source: "Clanuwat et al. 2018, arXiv:1812.01718",
  },
  emnist: {
    title: "EMNIST: handwritten letters and digits in six splits, 28×28 grey",
    kind: "emnist",
    mirrors: [
      "https://biometrics.nist.gov/cs_links/EMNIST/",
      "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/",
    ],
    files: [{ name: "gzip.zip", md5: "58c8d27c78d21e728a6bc7b3cc06412e", unpack: "zip" }],
    bytes: 561_753_746,
    licence: "public domain (NIST)",
    source: "Cohen, Afshar, Tapson and van Schaik 2017, arXiv:1702.05373",
  },
  cifar10: {
    title: "CIFAR-10: 60,000 photographs of ten kinds of things, 32×32 colour",
    kind: "cifar10",
    mirrors: ["https://www.cs.toronto.edu/~kriz/"],
    files: [
      {
        name: "cifar-10-binary.tar.gz",
        md5: "c32a1d4ab5d03f1284b67883e8d87530",
        unpack: "tar.gz",
      },
    ],
    bytes: 170_052_171,
    licence: "not stated",
    source: "Krizhevsky 2009, Learning Multiple Layers of Features from Tiny Images",
  },
  cifar100: {
    title: "CIFAR-100: 60,000 photographs of a hundred kinds of things, 32×32 colour",
    kind: "cifar100",
    mirrors: ["https://www.cs.toronto.edu/~kriz/"],
    files: [
      {
        name: "cifar-100-binary.tar.gz",
        md5: "03b5dce01913d631647c71ecec9e9cb8",
        unpack: "tar.gz",
      },
    ],
    bytes: 168_513_733,
    licence: "not stated",
    source: "Krizhevsky 2009, Learning Multiple Layers of Features from Tiny Images",
  },
  svhn: {
    title: "SVHN: 99,289 digits of house numbers, 32×32 colour",
    kind: "svhn",
    mirrors: ["http://ufldl.stanford.edu/housenumbers/"],
    files: [
      { name: "train_32x32.mat", md5: "e26dedcc434d2e4c54c9b2d4a06d8373" },
      { name: "test_32x32.mat", md5: "eb5a983be6a315427106f1b164d9cef3" },
    ],
    bytes: 246_345_356,
    licence: "for non-commercial use",
    source:
      "Netzer et al. 2011, Reading Digits in Natural Images with Unsupervised Feature Learning",
  },
};
