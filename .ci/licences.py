"""Print the licences of all packages that requirements.txt pins, as a page for docs/."""

import json
import re
import subprocess
import sys
from pathlib import Path

HEAD = """# Licences of what the generator needs

Written by `make licences` from the metadata of the installed packages that `requirements.txt`
pins. None of their code is copied into this repository; Leaflet, MapLibre and the font are copied
into built sites, with their licences.

| package | version | licence |
| --- | --- | --- |"""
# Their metadata don't say; the file LICENSE that they carry does.
READ_BY_HAND = {"resvg_py": "MIT"}
pinned = Path(__file__).parents[1] / "requirements.txt"
names = re.findall(r"^([A-Za-z0-9._-]+)==", pinned.read_text(encoding="utf-8"), re.MULTILINE)
command = [Path(sys.executable).parent / "pip-licenses", "-f", "json", "--from", "mixed", "-p"]
stated = subprocess.run([*command, *names], check=True, capture_output=True, text=True).stdout
print(HEAD)
for package in json.loads(stated):
    stated = READ_BY_HAND.get(package["Name"], package["License"])
    licence = " ".join(stated.split()).replace("|", "/")
    print(f"| {package['Name']} | {package['Version']} | {licence[:100]} |")
