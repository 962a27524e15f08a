#!/usr/bin/env python3
"""Makes data/registry/{ucdp,ucdp_relations,communities}.tsv from the UCDP Actor Dataset.

Input:  ucdp-actor-221.csv (UCDP Actor Dataset 22.1, Uppsala Conflict Data Program, CC BY 4.0) and the hand-kept
        data/registry/groups.tsv, whose `source` column says which UCDP actors a row already covers (`ucdp:ID,ID`).
Output: the three tables, in data/registry beside the hand-kept ones.
Run:    python3 training/registry/make_ucdp.py path/to/ucdp-actor-221.csv
Needs nothing but Python's standard library. The output depends on the inputs alone.
"""

import csv
import pathlib
import re
import sys
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parents[2]
REGISTRY = ROOT / "data" / "registry"

# Gleditsch-Ward state numbers to ISO 3166-1 alpha-3 (states that are gone: their successor where the dataset's actors were).
GW = {}
for pair in """2 USA 20 CAN 31 BHS 40 CUB 41 HTI 42 DOM 51 JAM 52 TTO 53 BRB 55 GRD 70 MEX 80 BLZ 90 GTM 91 HND 92 SLV 93 NIC
94 CRI 95 PAN 100 COL 101 VEN 110 GUY 115 SUR 130 ECU 135 PER 140 BRA 145 BOL 150 PRY 155 CHL 160 ARG 165 URY 200 GBR 205 IRL
210 NLD 211 BEL 220 FRA 225 CHE 230 ESP 235 PRT 255 DEU 260 DEU 290 POL 305 AUT 310 HUN 325 ITA 339 ALB 340 SRB 343 MKD 344 HRV
345 SRB 346 BIH 347 XKX 349 SVN 350 GRC 352 CYP 355 BGR 359 MDA 360 ROU 365 RUS 366 EST 367 LVA 368 LTU 369 UKR 370 BLR 371 ARM
372 GEO 373 AZE 380 SWE 404 GNB 411 GNQ 420 GMB 432 MLI 433 SEN 434 BEN 435 MRT 436 NER 437 CIV 438 GIN 439 BFA 450 LBR 451 SLE
452 GHA 461 TGO 471 CMR 475 NGA 481 GAB 482 CAF 483 TCD 484 COG 490 COD 500 UGA 501 KEN 510 TZA 516 BDI 517 RWA 520 SOM 522 DJI
530 ETH 531 ERI 540 AGO 541 MOZ 551 ZMB 552 ZWE 553 MWI 560 ZAF 565 NAM 570 LSO 571 BWA 572 SWZ 580 MDG 581 COM 600 MAR 615 DZA
616 TUN 620 LBY 625 SDN 626 SSD 630 IRN 640 TUR 645 IRQ 651 EGY 652 SYR 660 LBN 663 JOR 666 ISR 670 SAU 678 YEM 680 YEM 690 KWT
692 BHR 694 QAT 696 ARE 698 OMN 700 AFG 701 TKM 702 TJK 703 KGZ 704 UZB 705 KAZ 710 CHN 712 MNG 713 TWN 731 PRK 732 KOR 740 JPN
750 IND 751 IND 760 BTN 770 PAK 771 BGD 775 MMR 780 LKA 790 NPL 800 THA 811 KHM 812 LAO 816 VNM 817 VNM 820 MYS 830 SGP 835 BRN
840 PHL 850 IDN 860 TLS 900 AUS 910 PNG 920 NZL""".split("\n"):
    words = pair.split()
    GW.update(zip(map(int, words[::2]), words[1::2]))

# Home country where the first location of the dataset is another one.
HOME = {
    172: "LVA", 173: "LVA", 174: "LTU", 330: "ARM", 331: "AZE", 336: "SVN", 337: "HRV", 340: "HRV", 370: "HRV", 845: "BIH",
    846: "HRV", 847: "HRV", 843: "GEO", 490: "UGA", 476: "UGA", 477: "UGA", 478: "UGA", 479: "UGA", 480: "UGA", 639: "LBR",
    3968: "IND", 7518: "SYR", 7519: "SYR", 511: "TUN", 623: "RWA", 5801: "RWA", 1128: "RWA", 4006: "PHL", 543: "NER",
    461: "NAM", 202: "PSE", 203: "PSE", 210: "PSE", 1067: "PSE", 4233: "LBN", 393: "MAR", 395: "EGY",
}
# Pro-government or communal self-defence forces (PLOVER PRM), criminal bodies (CRM) and the rest that isn't REB.
PARAMILITARY = {348, 370, 371, 585, 588, 628, 629, 442, 659, 787, 796, 887, 1142, 1143, 1155, 1177, 2987, 882, 895, 6501,
                6506, 6634, 7647, 8259, 779, 6368, 584, 332, 6739, 1164, 770}
CRIMINAL = {3107, 3108, 3116, 3109, 1169, 1173, 1167, 1168, 1189, 1190, 8058, 3118, 808, 809, 1045, 776, 777, 778, 1099, 535}
CRIMINAL_COUNTRIES = {"MEX", "BRA", "HTI", "ECU", "VEN"}
NOT_CRIMINAL = {721, 767, 768, 741, 740, 742, 763, 764, 765, 766, 850, 851, 779, 7647, 719}
OTHER = {981: ("other", "LAB"), 982: ("other", "LAB"), 989: ("other", "LAB"), 990: ("other", "LAB"), 3332: ("other", "LAB"),
         3981: ("other", "LAB"), 987: ("other", "LAB"), 988: ("other", "LAB"), 518: ("military", "MIL"), 574: ("military", "MIL"),
         210: ("government", "GOV"), 464: ("party", "PTY"), 4233: ("party", "PTY"), 8175: ("party", "PTY"), 6868: ("party", "PTY"),
         879: ("party", "PTY"), 5817: ("civil_society", "OPP"), 257: ("party", "PTY"), 401: ("party", "PTY")}
# Literal translations and stray words of the dataset that no report would use as the group's name.
NOT_NAMES = {"the base", "exile and redemption", "islamic state", "unity party", "brave young warriors", "the family", "the sweeper",
             "the resistance", "the knights templar", "the reds", "elements", "nation", "the nation", "be strong", "be well", "spanish",
             "n/a", "none", "army of god", "islamic group", "society of the calling", "the front", "the movement", "the sentinel",
             "revolutionary left", "opposition coalition", "royalists", "neutralists", "popular front", "jama'at", "unity and holy war",
             "defenders of jerusalem", "republic of georgia", "republic of armenia", "presidential guard", "national front", "tibet",
             "republic of slovenia", "republic of croatia", "republic of azerbaijan", "republic of south sudan", "muslim society",
             "republic of bosnia-herzegovina", "parliamentary forces", "islamic unity", "islamic community", "crips"}


def clean(text):
    text = unicodedata.normalize("NFC", text or "").replace("’", "'").replace("´", "'").replace("\n", " ")
    return re.sub(r"\s+", " ", text).strip(" ,;")


def latin(text):
    return all(not c.isalpha() or "LATIN" in unicodedata.name(c, "") for c in text)


def acronym(text):
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and sum(c.isupper() for c in letters) >= 0.7 * len(letters) and " " not in text.split("(")[0].strip(" -")


def slug(text):
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower().replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")


def countries(row):
    return [GW[int(n)] for n in re.findall(r"\d+", row["GWNOLoc"]) if int(n) in GW]


def names(row):
    """Every usable name, best first."""
    changed = row["NameChange"] == "1"
    full = [row["NewNameFullEng"], row["NewName"], row["NewNameFullMotherTongue"]] if changed else []
    full += [row["NameOrigFullEng"], row["NameOrigFull"], row["NameOrig"]]
    candidates = [row["NameData"]] + full
    if acronym(clean(row["NameData"])):
        candidates = [n for n in full if not acronym(clean(n))][:1] + candidates
    found = []
    for name in candidates:
        name = re.sub(r"\s*\[.*?\]", "", clean(name))
        if len(name) > 1 and latin(name) and name.lower() not in NOT_NAMES and name.lower() not in (n.lower() for n in found):
            found.append(name)
    return found


def kind_and_sector(row, country):
    actor = int(row["ActorId"])
    name = row["NameData"]
    if actor in OTHER:
        return OTHER[actor]
    if row["Org"] == "2" or re.match(r"(Supporters|Opponents) of", name):
        return "population_group", "CVL"
    if actor in PARAMILITARY:
        return "armed_group", "PRM"
    gang = re.search(r"[Cc]artel|[Gg]ang\b|Zetas|Comando|Mara ", name)
    if actor in CRIMINAL or (actor not in NOT_CRIMINAL and (gang or country in CRIMINAL_COUNTRIES)):
        return "armed_group", "CRM"
    return "armed_group", "REB"


def write(path, head, columns, rows):
    with open(path, "w", encoding="utf-8", newline="") as out:
        for line in head:
            out.write(f"# {line}\n")
        out.write("\t".join(columns) + "\n")
        for row in rows:
            out.write("\t".join(row) + "\n")


def main():
    rows = list(csv.DictReader(open(sys.argv[1], encoding="utf-8-sig")))
    key_of, taken = {}, set()
    for line in open(REGISTRY / "groups.tsv", encoding="utf-8"):
        if line.startswith(("#", "key\t")):
            continue
        fields = line.rstrip("\n").split("\t")
        taken.add(fields[0])
        for ids in re.findall(r"ucdp:([\d,]+)", fields[8]):
            for actor in ids.split(","):
                key_of[actor] = fields[0]
    by_hand = dict(key_of)

    groups, communities = [], []
    for row in rows:
        actor, org = row["ActorId"], row["Org"]
        if org == "4":
            continue
        found = names(row)
        if not found:
            continue
        where = countries(row)
        country = HOME.get(int(actor), where[0] if where else "")
        aliases = "|".join(name + "~" for name in found if "|" not in name)
        if actor in by_hand:
            # The hand-kept row names it; the dataset's own spellings are added to it as aliases that need the country.
            groups.append([by_hand[actor], "", "", "", "", "", "", aliases, f"ucdp:{actor}"])
            continue
        key = slug(found[0])[:60].strip("-")
        if key in taken or len(key) < 3:
            key = f"{key}-{country.lower()}" if country else f"{key}-{actor}"
        if key in taken:
            key = f"{key}-{actor}"
        taken.add(key)
        key_of[actor] = key
        if org == "3":
            communities.append([key, found[0], "population_group", country, "CVL", "", "", aliases, f"ucdp:{actor}"])
        else:
            kind, sector = kind_and_sector(row, country)
            groups.append([key, found[0], kind, country, sector, "", "", aliases, f"ucdp:{actor}"])

    relations = []
    for row in rows:
        actor = row["ActorId"]
        if actor not in key_of:
            continue
        for field, kind in [("ActorIdPrev", "split_from"), ("ActorIdSplitTemp", "part_of"),
                            ("ActorIdAlliance", "merged_into"), ("ActorIdGroup", "merged_into")]:
            for other in re.findall(r"\d+", row[field] or ""):
                # A row that hand-kept rows fold into one actor has no relation to itself; the hand-kept table speaks for its own rows.
                if other in key_of and key_of[other] != key_of[actor] and not (actor in by_hand and other in by_hand):
                    relations.append([key_of[actor], kind, key_of[other], "", "", f"ucdp:{actor}"])
    columns = ["key", "name", "kind", "country", "sector", "start", "end", "aliases", "source"]
    origin = "Made by training/registry/make_ucdp.py from the UCDP Actor Dataset 22.1 (Uppsala Conflict Data Program). Do not edit."
    licence = ("Source: Davies, Pettersson & Öberg (2022), Organized violence 1989-2021 and drone warfare, Journal of Peace Research 59(4); "
               "Pettersson (2022), UCDP Actor Dataset Codebook 22.1. Licence: CC BY 4.0, changed: keys, kinds, sectors, countries and alias marks are ours.")
    write(REGISTRY / "ucdp.tsv", [origin, licence, "A row without a name adds aliases to the row of that key in groups.tsv."], columns, groups)
    write(REGISTRY / "communities.tsv", [origin, licence, "Communal identities (organisational level 3 of the codebook)."], columns, communities)
    write(REGISTRY / "ucdp_relations.tsv", [origin, licence, "split_from: Splinter; part_of: SplitTemp; merged_into: Alliance, JoinGroup."],
          ["from", "kind", "to", "since", "until", "source"], relations)
    named = sum(1 for g in groups if g[1])
    print(f"{named} groups, {len(groups) - named} alias rows, {len(communities)} communities, {len(relations)} relations")


if __name__ == "__main__":
    main()
