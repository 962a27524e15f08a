#!/usr/bin/env python3
"""Shows a folder of exports to the programs that they are for.

    checks/clients.py FOLDER                        every *.stix.json, *.geojson, *.ged.csv, *.acled.csv, *.jsonl, *.parquet, *.graphml, *.html
                                                    and *.db in the folder
    checks/clients.py --program PROGRAM REPORTS...  adds the reports to a record, exports every format, and looks at those and the record

    --require   ends with 3 when a client below is missing, instead of skipping it
    --light     asks the clients of checks/clients-light.txt alone, which continuous integration installs, and others where they are there

Cells of the CSV exports are held to checks/codebooks.tsv. Clients: stix2-validator (3.2.0), stix2, geojson-validator, pandas, polars, duckdb, networkx, Python's sqlite3 (apsw where that is older than 3.43), and ogrinfo (Debian: gdal-bin), else pyogrio,
which brings GDAL. Ends with 0 when all is well, 1 when a check fails or nothing was checked, 2 for wrong arguments, 3 see above. Install:
pip install -r checks/clients.txt
"""

import csv
import datetime
import importlib.util
import json
import math
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
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


LIGHT = {"stix2-validator", "stix2", "geojson-validator", "DuckDB", "networkx", "apsw"}
ONLY_LIGHT = "--light" in sys.argv[1:]


def skip(client, path):
    if ONLY_LIGHT and client not in LIGHT:
        return
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


UNCLOSED = {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [
    [[0, 0], [1, 0], [1, 1], [0, 1]]]}}]}


def geojson_validator(path):
    if not installed("geojson_validator"):
        return skip("geojson-validator", path)
    import geojson_validator as client
    from loguru import logger

    logger.remove()

    try:
        # A client that lets an unclosed ring pass would say nothing about ours.
        faults = [] if client.validate_geometries(UNCLOSED)["invalid"].get("unclosed") else ["the client itself takes an unclosed ring"]
        told = json.loads(path.read_text(encoding="utf-8"))
        faults += [f"structure: {fault}" for fault in client.validate_structure(told).items()]
        if any(feature["geometry"] for feature in told["features"]):
            found = client.validate_geometries(told)
            faults += [f"geometry: {fault}" for kind in ("invalid", "problematic") for fault in found[kind].items()]
    except Exception as error:
        faults = [repr(error)]
    report("geojson-validator", path, faults)


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
    points = [feature["geometry"]["coordinates"] for feature in told.get("features", []) if feature.get("geometry")]
    if points and len(told.get("bbox", [])) != 4:
        faults.append("no bbox")
    elif points:
        west, south, east, north = told["bbox"]
        inside = [(west <= lon <= east if west <= east else lon >= west or lon <= east) and south <= lat <= north for lon, lat in points]
        faults += [] if all(inside) else [f"bbox leaves {inside.count(False)} points out"]
    report("GeoJSON structure", path, faults)


def ogrinfo(path):
    program = shutil.which("ogrinfo")
    if not program:
        skip("ogrinfo", path)
        return gdal(path)
    run = subprocess.run([program, "-ro", "-al", "-so", str(path)], capture_output=True, text=True)
    bad = run.returncode != 0 or "ERROR" in run.stderr
    faults = (run.stdout + run.stderr).splitlines()[-5:] if bad else []
    if f"Feature Count: {rows_of(path)}\n" not in run.stdout:
        faults.append(f"not {rows_of(path)} features")
    report("ogrinfo", path, faults)


def rows_of(path):
    """How many incidents a file holds: cells have no line breaks."""
    text = path.read_text(encoding="utf-8")
    return len(json.loads(text)["features"]) if path.suffix == ".geojson" else text.count("\n") - 1


def gdal(path):
    """GDAL, which is what ogrinfo runs, by way of pyogrio."""
    if not installed("pyogrio"):
        return skip("pyogrio", path)
    import pyogrio

    try:
        told = pyogrio.read_info(path, force_feature_count=True)
        rows = rows_of(path)
        faults = [] if told["features"] == rows else [f"{told['features']} features, not {rows}"]
        if path.suffix == ".geojson":
            faults += [] if told["crs"] == "EPSG:4326" else [f"crs {told['crs']}"]
    except Exception as error:
        faults = [repr(error)]
    report(f"GDAL {'.'.join(map(str, pyogrio.__gdal_version__))}", path, faults)


def keeps(rule, values, need, cell):
    """Whether a cell is as checks/codebooks.tsv says."""
    if not cell:
        return need != "yes"
    try:
        if rule in ("day", "midnight"):
            day, _, clock = cell.partition(" ")
            datetime.date.fromisoformat(day)
            return clock == ("00:00:00.000" if rule == "midnight" else "")
        if rule in ("integer", "number"):
            low, high = values.split("..")
            number = int(cell) if rule == "integer" else float(cell)
            return float(low) <= number <= float(high)
    except ValueError:
        return False
    return rule == "text" or (rule == "one" and cell in values.split("|"))


def codebook(path):
    """Every cell of a CSV is what GED's or ACLED's codebook allows, in GED's or ACLED's order of columns."""
    scheme = "ged" if path.name.endswith(".ged.csv") else "acled"
    lines = (Path(__file__).parent / "codebooks.tsv").read_text(encoding="utf-8").splitlines()
    rules = [line.split("\t") for line in lines if line.startswith(f"{scheme}\t")]
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, strict=True))
    faults = [] if rows[0] == [rule[1] for rule in rules] else ["columns are not those of the codebook"]
    for number, row in enumerate(rows[1:], 2):
        faults += [] if len(row) == len(rules) else [f"row {number}: {len(row)} cells"]
        pairs = zip(rules, row)
        faults += [f"row {number}, {name}: {cell[:40]!r}" for (_, name, rule, values, need), cell in pairs if not keeps(rule, values, need, cell)]
        faults += [f"row {number}: formula {cell[:40]!r}" for cell in row if cell[:1] in "=+-@" and cell and not keeps("number", "-180..180", "yes", cell)]
    report(f"codebook of {scheme.upper()}", path, faults)


def duckdb_csv(path):
    if not installed("duckdb"):
        return skip("DuckDB", path)
    import duckdb

    faults = []
    try:
        file = str(path)
        kinds = {name: kind for name, kind, *_ in duckdb.execute("DESCRIBE SELECT * FROM read_csv(?, header = true, sample_size = -1)", [file]).fetchall()}
        wanted = {"year": "BIGINT", "latitude": "DOUBLE", "longitude": "DOUBLE"}
        wanted |= {"best": "BIGINT", "date_start": "TIMESTAMP"} if path.name.endswith(".ged.csv") else {"fatalities": "BIGINT", "event_date": "DATE"}
        rows = duckdb.execute("SELECT count(*) FROM read_csv(?, header = true, sample_size = -1)", [file]).fetchone()[0]
        faults += [] if rows == rows_of(path) else [f"{rows} rows, not {rows_of(path)}"]
        with path.open(encoding="utf-8", newline="") as told:
            filled = {name for row in csv.DictReader(told) for name, cell in row.items() if cell}
        faults += [f"{name} is {kinds.get(name)}, not {kind}" for name, kind in wanted.items() if name in filled and kinds.get(name) != kind]
    except Exception as error:
        faults = [repr(error)]
    report("DuckDB", path, faults)


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


def duckdb_table(path):
    if not installed("duckdb"):
        return skip("DuckDB", path)
    import duckdb

    faults = []
    try:
        file = str(path)
        kinds = {name: kind for name, kind, *_ in duckdb.execute("DESCRIBE SELECT * FROM read_parquet(?)", [file]).fetchall()}
        wanted = {"id": "VARCHAR", "date_start": "DATE", "killed_best": "INTEGER", "latitude": "DOUBLE", "corrected": "BOOLEAN", "targets": "VARCHAR[]"}
        faults += [f"{name} is {kinds.get(name)}, not {kind}" for name, kind in wanted.items() if kinds.get(name) != kind]
        rows, reports = duckdb.execute("SELECT count(*), sum(len(reports)) FROM read_parquet(?)", [file]).fetchone()
        told = duckdb.execute("SELECT count(*) FROM (SELECT unnest(reports, recursive := true) FROM read_parquet(?)) WHERE length(document) = 64", [file]).fetchone()[0]
        faults += [] if (reports or 0) == told else [f"{told} of {reports} reports have their document"]
        bad = duckdb.execute("SELECT count(*) FROM read_parquet(?) WHERE killed_low > killed_high OR date_start > date_end OR (latitude IS NULL) <> (longitude IS NULL)", [file]).fetchone()[0]
        faults += [f"{bad} rows contradict themselves"] if bad else []
        notes = {bytes(key).decode(): bytes(value).decode() for key, value in duckdb.execute("SELECT key, value FROM parquet_kv_metadata(?)", [file]).fetchall()}
        faults += [f"metadata lack {name}" for name in ("attribution", "licence", "version", "made") if f"watchkeeper.{name}" not in notes]
        lines = path.with_suffix(".jsonl")
        if lines.exists() and rows != sum(1 for _ in lines.open(encoding="utf-8")):
            faults.append("not as many rows as JSON lines")
    except Exception as error:
        faults.append(repr(error))
    report("DuckDB", path, faults)


def polars_table(path):
    if not installed("polars"):
        return skip("polars", path)
    import polars

    faults = []
    try:
        table = polars.read_parquet(path)
        wanted = {"date_start": polars.Date, "killed_best": polars.Int32, "name": polars.String, "weapons": polars.List(polars.String)}
        faults += [f"{name} is {table.schema[name]}" for name, kind in wanted.items() if table.schema[name] != kind]
        faults += [] if table["id"].n_unique() == len(table) else ["ids are not unique"]
        lines = path.with_suffix(".jsonl")
        if lines.exists():
            for line, row in zip(lines.open(encoding="utf-8"), table.iter_rows(named=True), strict=True):
                told = json.loads(line)
                own = [row["id"], len(row["reports"]), [who["name"] for who in row["perpetrators"]], str(row["known_from"])]
                other = [told["incident"]["id"], len(told["reports"]), [who["party"]["name"] for who in told["incident"]["perpetrators"]], told["incident"]["known"][0]]
                faults += [] if own == other else [f"{own} is {other} as JSON"]
    except Exception as error:
        faults.append(repr(error))
    report("polars", path, faults)


def sqlite(path):
    """The record in SQLite: Python's own, and apsw's where that is older than 3.43, which the index of words wants."""
    new = sqlite3.sqlite_version_info >= (3, 43)
    sqlite_with(f"sqlite3 {sqlite3.sqlite_version}", path, sqlite3.connect(f"file:{path}?mode=ro", uri=True), new)
    if new:
        return
    if not installed("apsw"):
        return skip("apsw", path)
    import apsw

    sqlite_with(f"SQLite {apsw.sqlite_lib_version()}", path, apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY), True)


def sqlite_with(client, path, db, new):
    faults = []

    def count(query):
        return db.execute(query).fetchone()[0]

    try:
        if new:
            faults += [] if count("PRAGMA integrity_check") == "ok" else ["integrity"]
            faults += [] if count("SELECT count(*) FROM words WHERE words MATCH 'soldiers OR killed'") else ["FTS5 finds no words"]
        faults += ["foreign keys"] if db.execute("PRAGMA foreign_key_check").fetchall() else []
        boxes = count("SELECT count(*) FROM site_box WHERE south >= -90 AND north <= 90 AND west >= -180 AND east <= 180")
        faults += [] if boxes and boxes == count("SELECT count(*) FROM site_box") else ["R*Tree finds no places, or some not on earth"]
        faults += [] if count("SELECT count(*) FROM incidents_readable") else ["no incidents"]
    except Exception as error:
        faults.append(repr(error))
    db.close()
    report(client, path, faults)


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
    ".geojson": [geojson, geojson_validator, ogrinfo],
    ".ged.csv": [codebook, duckdb_csv, csv_table, ogrinfo],
    ".acled.csv": [codebook, duckdb_csv, csv_table, ogrinfo],
    ".jsonl": [jsonl],
    ".parquet": [duckdb_table, polars_table],
    ".db": [sqlite],
    ".graphml": [graphml],
    ".html": [html],
}


FORMATS = ["jsonl", "ged.csv", "acled.csv", "geojson", "parquet", "stix.json", "html", "graphml"]


def make(program, reports, folder):
    """Adds reports to a record in the folder and exports it in every format; ends the program when that fails."""
    db = str(folder / "record.db")
    runs = [["add", "--db", db, *reports]]
    runs += [["export", "--db", db, "--format", name.split(".")[0], "-o", str(folder / f"record.{name}")] for name in FORMATS]
    for run in runs:
        done = subprocess.run([program, *run], capture_output=True, text=True)
        if done.returncode != 0:
            print(f"FAIL {program} {' '.join(run)}: {done.returncode}\n{done.stderr}")
            sys.exit(1)


def look(folder):
    for path in sorted(folder.iterdir()):
        for suffix, checks in CHECKS.items():
            if path.name.endswith(suffix):
                for check in checks:
                    check(path)


def main():
    arguments = sys.argv[1:]
    require = "--require" in arguments
    arguments = [argument for argument in arguments if argument not in ("--require", "--light")]
    if len(arguments) > 2 and arguments[0] == "--program":
        with tempfile.TemporaryDirectory() as folder:
            make(os.path.abspath(arguments[1]), arguments[2:], Path(folder))
            look(Path(folder))
    elif len(arguments) == 1 and Path(arguments[0]).is_dir():
        look(Path(arguments[0]))
    else:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    print(f"{len(DONE)} checks, {len(FAILED)} faults, {len(SKIPPED)} skipped")
    if FAILED or not DONE:
        sys.exit(1)
    if require and SKIPPED:
        print("clients are missing: " + ", ".join(sorted({client for client, _ in SKIPPED})) + " (pip install -r checks/clients.txt; Debian: gdal-bin)")
        sys.exit(3)


if __name__ == "__main__":
    main()
