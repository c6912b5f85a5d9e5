"""The architectures' numbers: `npm run golden -- resnet` runs models/resnet.py; see models/zoo.py."""

import importlib
import pathlib
import sys

out = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(pathlib.Path(__file__).parent / "models"))

from golden_files import write_json  # noqa: E402
from zoo import record  # noqa: E402

module = importlib.import_module(out.stem.replace("-", "_"))
write_json(out, {case.name: record(case) for case in module.CASES}, digits=7)
