import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { inProcess, temporaryFolder } from "../../../test/command-line.ts";
import { parseNpy } from "../../formats/npy.ts";

const folder = temporaryFolder();
const data = "glyphs:train=240,test=60";
const trained = join(folder, "trained");
const out = (name: string) => join(folder, name);

async function lines(...words: string[]): Promise<Record<string, never>[]> {
  const { code, stdout, stderr } = await inProcess(...words, "--json");
  expect(code, stderr).toBe(0);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

beforeAll(async () => {
  const flags = ["--model", "lenet5", "--epochs", "25", "--no-report", "--out", trained];
  await lines("train", data, ...flags);
});

test("probe makes a head on a run's features, and saves a run that is evaluated and tested as any other", async () => {
  const [made] = await lines("probe", trained, data, "--out", out("linear"), "--c", "1");
  expect(made).toMatchObject({
    event: "probe",
    head: "linear",
    width: 400,
    C: 1,
    thresholds: null,
  });
  expect(made.accuracy).toBeGreaterThan(0.8);
  const [again] = await lines("evaluate", out("linear"));
  expect(again.accuracy).toBe(made.accuracy);
  expect(again.confusion).toEqual(made.confusion);
  expect(readFileSync(join(out("linear"), "report.html"), "utf8")).toContain("of a head alone");
  const [listed] = await lines("runs", out("linear"));
  expect(listed).toMatchObject({ model: "lenet5", epochs: 0, test: made.accuracy, finished: true });
});

test("other heads tell what belongs to them", async () => {
  const [knn] = await lines("probe", trained, data, "--head", "knn", "--k", "3");
  expect(knn).toMatchObject({ head: "knn", C: null, rocAuc: null });
  expect(knn.accuracy).toBeGreaterThan(0.7);
  const [one] = await lines("probe", trained, data, "--head", "one-class", "--only", "7");
  expect(one.classes).toEqual(["7", "none of them"]);
  expect(one.rocAuc).toHaveLength(1);
  expect(one.thresholds).toHaveLength(1);
  const map = Array.from({ length: 10 }, (_, i) => `${i}=${i}`).join();
  const [own] = await lines("probe", trained, data, "--head", "classifier", "--map", map);
  const [before] = await lines("evaluate", trained, data);
  expect(own.accuracy).toBe(before.accuracy);
});

test("train with a frozen body is a probe; with thawed blocks it goes on from one", async () => {
  const flags = ["--model", trained, "--no-report"];
  const [frozen] = await lines("train", data, ...flags, "--freeze", "body", "--out", out("frozen"));
  expect(frozen).toMatchObject({ event: "probe", run: out("frozen") });
  const words = ["--head", "linear", "--thaw", "1", "--epochs", "1", "--lr", "1e-4"];
  const events = await lines("train", data, ...flags, ...words, "--out", out("thawed"));
  expect(events.map(({ event }) => event)).toEqual(["start", "epoch", "done"]);
  expect(events[2].accuracy).toBeGreaterThan(0.8);
  const config = JSON.parse(readFileSync(join(out("thawed"), "config.json"), "utf8"));
  expect(config.freeze.length).toBeGreaterThan(0);
  expect(config.freeze.join()).not.toContain("head");
});

test("embed writes features, labels and a line for each picture", async () => {
  const events = await lines("embed", trained, data, "--out", out("features"));
  expect(events.map(({ part, pictures, width }) => [part, pictures, width])).toEqual([
    ["train", 240, 400],
    ["test", 60, 400],
  ]);
  const read = (name: string) => readFileSync(join(out("features"), name));
  const features = parseNpy(read("test-features.npy"));
  expect([features.type, ...features.shape]).toEqual(["f4", 60, 400]);
  const labels = parseNpy(read("test-labels.npy"));
  const rows = read("test-pictures.csv").toString().trimEnd().split("\n");
  expect(rows).toHaveLength(61);
  expect(rows[0]).toBe("row,class,picture");
  expect(rows[3]).toBe(`2,${labels.data[2]},`);
});

test("wrong words are wrong usage", async () => {
  const fails = async (...words: string[]) => {
    const { code, stderr } = await inProcess(...words);
    expect(code).toBe(2);
    return stderr;
  };
  const probe = (...words: string[]) => fails("probe", trained, data, ...words);
  expect(await probe("--head", "svm")).toContain("Choose linear, classifier, knn, one-class");
  expect(await probe("--head", "classifier")).toContain("go together");
  expect(await probe("--head", "classifier", "--map", "0=3")).toContain("nothing stands for 1");
  expect(await probe("--out", trained)).toContain("is there already");
  expect(await fails("train", data, "--head", "linear")).toContain("--head is for a trained model");
  expect(await fails("train", data, "--freeze", "body")).toContain("is for a trained model");
});
