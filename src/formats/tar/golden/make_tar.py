"""Small archives by Python's tarfile in its three formats, packed by gzip and in base64, with where tarfile finds their files."""
import base64, gzip, io, json, sys, tarfile

golden = {}
for name, kind in (("pax", tarfile.PAX_FORMAT), ("gnu", tarfile.GNU_FORMAT), ("ustar", tarfile.USTAR_FORMAT)):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=kind) as tar:

        def add(path, data):
            info = tarfile.TarInfo(path)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))

        add("./a/1.jpg", b"x" * 700)
        add("é/" + "long" * (30 if name != "ustar" else 2) + ".png", b"yes")
        add("empty.txt", b"")
        for path, type_ in (("link.jpg", tarfile.SYMTYPE), ("folder", tarfile.DIRTYPE)):
            info = tarfile.TarInfo(path)
            info.type = type_
            info.linkname = "/etc/passwd" if type_ == tarfile.SYMTYPE else ""
            tar.addfile(info)
        add("a/1.cls", b"7")
    data = out.getvalue()
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        files = [[m.name.removeprefix("./"), m.offset_data, m.size] for m in tar if m.isfile()]
    golden[name] = {"packed": base64.b64encode(gzip.compress(data, mtime=0)).decode(), "files": files}
json.dump(golden, open(sys.argv[1], "w"), separators=(",", ":"))
