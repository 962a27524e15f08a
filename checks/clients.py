#!/usr/bin/env python3
"""Shows a folder of exports to the programs that they are for.

    checks/clients.py FOLDER

Looks at every *.stix.json, *.geojson, *.ged.csv, *.acled.csv, *.jsonl, *.graphml and *.html in the folder. Uses what is installed of
stix2-validator (3.2.0), stix2, pandas, networkx and ogrinfo (else pyogrio, which brings GDAL), and says what it skipped. Ends with 1 when a check fails or nothing was
checked. Install: pip install stix2-validator==3.2.0 stix2 pandas networkx pyogrio
"""

import importlib.util
import json
import math
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

FAILED = []
SKIPPED = []
DONE = []


def report(client, path, faults):
    """Tells how one client took one file."""
    DONE.append((client, path.name))
    print(f"{'ok  ' if not faults else 'FAIL'} {client}: {path.name}")
    for fault in faults:
        print(f"     {fault}")
        FAILED.append((client, path.name, fault))


def skip(client, path):
    SKIPPED.append((client, path.name))
    print(f"skip {client}: {path.name} (not installed)")


def installed(module):
    return importlib.util.find_spec(module) is not None


def stix_validator(path):
    beside = Path(sys.executable).parent / "stix2_validator"
    program = str(beside) if beside.exists() else shutil.which("stix2_validator")
    if not program:
        return skip("stix2-validator", path)
    options = ["--strict", "--enforce-refs", "--disable", "103,202"]
    run = subprocess.run([program, *options, str(path)], capture_output=True, text=True)
    report("stix2-validator " + " ".join(options), path, [] if run.returncode == 0 else (run.stdout + run.stderr).splitlines())


def stix_parse(path):
    if not installed("stix2"):
        return skip("stix2", path)
    import stix2

    faults = []
    try:
        bundle = stix2.parse(path.read_text(encoding="utf-8"))
        for thing in bundle.objects:
            if isinstance(thing, dict) and not hasattr(thing, "id"):
                faults.append(f"not understood: {thing.get('id')}")
            if "confidence" in thing:
                faults.append(f"confidence written: {thing['id']}")
    except Exception as error:  # whatever the client raises is a fault of the file
        faults.append(repr(error))
    report("stix2 parse", path, faults)


def position(at):
    good = isinstance(at, list) and len(at) in (2, 3) and all(isinstance(n, (int, float)) and math.isfinite(n) for n in at)
    return good and abs(at[0]) <= 180 and abs(at[1]) <= 90


def ring(points):
    return isinstance(points, list) and len(points) >= 4 and all(map(position, points)) and points[0] == points[-1]


def geometry(shape):
    """What is wrong with a geometry, RFC 7946 section 3.1."""
    if shape is None:
        return []
    kind, at = shape.get("type"), shape.get("coordinates")
    if kind == "GeometryCollection":
        return [fault for part in shape.get("geometries", []) for fault in geometry(part)]
    forms = {
        "Point": lambda at: position(at),
        "MultiPoint": lambda at: all(map(position, at)),
        "LineString": lambda at: len(at) >= 2 and all(map(position, at)),
        "MultiLineString": lambda at: all(len(line) >= 2 and all(map(position, line)) for line in at),
        "Polygon": lambda at: bool(at) and all(map(ring, at)),
        "MultiPolygon": lambda at: all(bool(rings) and all(map(ring, rings)) for rings in at),
    }
    if kind not in forms:
        return [f"unknown geometry {kind!r}"]
    try:
        return [] if forms[kind](at) else [f"{kind}: bad coordinates or unclosed ring"]
    except TypeError:
        return [f"{kind}: coordinates of another shape"]


def geojson(path):
    told = json.loads(path.read_text(encoding="utf-8"))
    faults = [] if told.get("type") == "FeatureCollection" else ["no FeatureCollection"]
    faults += ["crs is not allowed"] if "crs" in told else []
    faults += [] if told.get("attribution") else ["no attribution"]
    for number, feature in enumerate(told.get("features", [])):
        own = [] if feature.get("type") == "Feature" else ["no Feature"]
        own += [f"lacks {name}" for name in ("geometry", "properties") if name not in feature]
        own += geometry(feature.get("geometry"))
        faults += [f"feature {number}: {fault}" for fault in own]
    report("GeoJSON structure", path, faults)


def ogrinfo(path):
    program = shutil.which("ogrinfo")
    if not program:
        skip("ogrinfo", path)
        return gdal(path)
    run = subprocess.run([program, "-ro", "-al", "-so", str(path)], capture_output=True, text=True)
    bad = run.returncode != 0 or "ERROR" in run.stderr
    report("ogrinfo", path, (run.stdout + run.stderr).splitlines()[-5:] if bad else [])


def gdal(path):
    """GDAL, which is what ogrinfo runs, by way of pyogrio."""
    if not installed("pyogrio"):
        return skip("pyogrio", path)
    import pyogrio

    try:
        told = pyogrio.read_info(path, force_feature_count=True)
        text = path.read_text(encoding="utf-8")
        rows = len(json.loads(text)["features"]) if path.suffix == ".geojson" else text.count("\n") - 1
        faults = [] if told["features"] == rows else [f"{told['features']} features, not {rows}"]
        if path.suffix == ".geojson":
            faults += [] if told["crs"] == "EPSG:4326" else [f"crs {told['crs']}"]
    except Exception as error:
        faults = [repr(error)]
    report(f"GDAL {'.'.join(map(str, pyogrio.__gdal_version__))}", path, faults)


def csv_table(path):
    if not installed("pandas"):
        return skip("pandas", path)
    import pandas

    faults = []
    try:
        table = pandas.read_csv(path)
        numbers = {
            "ged": ["year", "type_of_violence", "where_prec", "latitude", "longitude", "date_prec", "best", "high", "low", "deaths_unknown"],
            "acled": ["year", "time_precision", "latitude", "longitude", "geo_precision", "fatalities", "timestamp", "inter1"],
        }["ged" if path.name.endswith(".ged.csv") else "acled"]
        faults += [f"{name} is no number" for name in numbers if not pandas.api.types.is_numeric_dtype(table[name])]
        for name in ("date_start", "date_end", "event_date"):
            if name in table:
                pandas.to_datetime(table[name])
        for name in table.select_dtypes(exclude="number"):
            cells = table[name].dropna().astype(str)
            faults += [f"{name}: formula {cell[:40]!r}" for cell in cells if cell[:1] in "=+-@"]
        if "best" in table:
            told = table.dropna(subset=["low", "best", "high"])
            faults += [] if ((told.low <= told.best) & (told.best <= told.high)).all() else ["low, best, high out of order"]
    except Exception as error:
        faults.append(repr(error))
    report("pandas", path, faults)


def jsonl(path):
    faults = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            told = json.loads(line)
            faults += [f"line {number}: lacks {name}" for name in ("schema", "incident", "attribution") if name not in told]
        except ValueError as error:
            faults.append(f"line {number}: {error}")
    report("JSON lines", path, faults)
    if not installed("pandas"):
        return skip("pandas", path)
    import pandas

    try:
        rows = len(pandas.read_json(path, lines=True, dtype=False))
        faults = [] if rows == sum(1 for _ in path.open(encoding="utf-8")) else ["rows lost"]
    except Exception as error:
        faults = [repr(error)]
    report("pandas", path, faults)


def graphml(path):
    if not installed("networkx"):
        return skip("networkx", path)
    import networkx

    try:
        graph = networkx.read_graphml(path)
        faults = [] if all("relation" in data for *_, data in graph.edges(data=True)) else ["edge without relation"]
    except Exception as error:
        faults = [repr(error)]
    report("networkx", path, faults)


class Page(HTMLParser):
    """Tells whether tags close and whether the page loads or runs anything."""

    EMPTY = {"meta", "br", "hr", "img", "link", "input"}

    def __init__(self):
        super().__init__()
        self.open, self.faults = [], []

    def handle_starttag(self, tag, attributes):
        if tag not in self.EMPTY:
            self.open.append(tag)
        if tag in {"script", "link", "img", "iframe", "object", "embed"}:
            self.faults.append(f"<{tag}>")
        for name, value in attributes:
            if name.startswith("on") or name == "src" or (name == "href" and not value.startswith(("http://", "https://", "#"))):
                self.faults.append(f"{tag} {name}={value!r}")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")


def html(path):
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    report("HTML structure", path, page.faults + [f"<{tag}> not closed" for tag in page.open])


CHECKS = {
    ".stix.json": [stix_validator, stix_parse],
    ".geojson": [geojson, ogrinfo],
    ".ged.csv": [csv_table, ogrinfo],
    ".acled.csv": [csv_table, ogrinfo],
    ".jsonl": [jsonl],
    ".graphml": [graphml],
    ".html": [html],
}


def main():
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit(__doc__)
    for path in sorted(Path(sys.argv[1]).iterdir()):
        for suffix, checks in CHECKS.items():
            if path.name.endswith(suffix):
                for check in checks:
                    check(path)
    print(f"{len(DONE)} checks, {len(FAILED)} faults, {len(SKIPPED)} skipped")
    sys.exit(1 if FAILED or not DONE else 0)


if __name__ == "__main__":
    main()
