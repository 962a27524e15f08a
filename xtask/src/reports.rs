//! `cargo xtask reports`: invented but ordinary news reports, to measure the record by: towns, groups and outlets that keep returning,
//! happenings told once or several times, with copies under new headlines, tolls that rise, corrections and round-ups.
//!
//! Every sentence is our own; what they tell never happened. The same seed gives the same reports; a report depends on its happening
//! alone, so a larger collection begins with the smaller one.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// Happenings of a day.
const HAPPENINGS_A_DAY: u64 = 26;
/// 2019-01-01.
const FIRST_DAY: i64 = 17_897;

/// Country, who fights there, towns.
const WORLD: [(&str, &[&str], &str); 12] = [
    (
        "Mali",
        &["JNIM", "Islamic State in the Greater Sahara", "Katiba Macina"],
        "Menaka Gao Timbuktu Kidal Mopti Sevare Bandiagara Djenne Douentza Ansongo Tessalit Goundam",
    ),
    (
        "Nigeria",
        &["Boko Haram", "ISWAP", "Ansaru"],
        "Maiduguri Damboa Gwoza Bama Dikwa Monguno Damaturu Potiskum Katsina Zamfara Kaduna Jos Chibok Biu",
    ),
    (
        "Somalia",
        &["al-Shabaab", "Islamic State in Somalia"],
        "Mogadishu Kismayo Baidoa Beledweyne Galkayo Bosaso Afgooye Jowhar Merca Garowe Dhusamareb Barawe",
    ),
    (
        "Iraq",
        &["Islamic State", "Kataib Hezbollah"],
        "Mosul Kirkuk Baqubah Ramadi Fallujah Tikrit Samarra Hawija Basra Sinjar Rawa Hit",
    ),
    (
        "Syria",
        &["Islamic State", "Hayat Tahrir al-Sham", "Syrian Democratic Forces"],
        "Aleppo Idlib Homs Hama Palmyra Raqqa Manbij Afrin Hasakah Qamishli Daraa Mayadin",
    ),
    (
        "Afghanistan",
        &["the Taliban", "Islamic State Khorasan"],
        "Kabul Kandahar Herat Kunduz Jalalabad Ghazni Lashkargah Farah Taloqan Maymana Gardez Asadabad",
    ),
    (
        "Pakistan",
        &["Tehrik-i-Taliban Pakistan", "the Balochistan Liberation Army"],
        "Peshawar Quetta Karachi Bannu Miranshah Wana Turbat Gwadar Mardan Swabi Khuzdar Zhob",
    ),
    (
        "Yemen",
        &["the Houthis", "al-Qaeda in the Arabian Peninsula"],
        "Aden Taiz Marib Hodeidah Ataq Saada Mukalla Zinjibar Dhale Hajjah Shibam Mocha",
    ),
    (
        "Congo",
        &["M23", "the Allied Democratic Forces", "CODECO"],
        "Goma Beni Butembo Bunia Rutshuru Oicha Bukavu Uvira Kalemie Masisi Sake Mambasa",
    ),
    (
        "Colombia",
        &["the ELN", "FARC dissidents", "the Clan del Golfo"],
        "Cali Cucuta Arauca Tumaco Buenaventura Saravena Popayan Quibdo Caucasia Jamundi Tame Ocana",
    ),
    (
        "Ukraine",
        &["Russian forces", "Ukrainian forces"],
        "Kharkiv Kherson Zaporizhzhia Bakhmut Kramatorsk Sloviansk Kupiansk Nikopol Odesa Sumy Chernihiv Izium",
    ),
    (
        "Burkina Faso",
        &["JNIM", "Ansarul Islam"],
        "Djibo Dori Kaya Fada Ouahigouya Titao Barsalogho Arbinda Markoye Diapaga Gayeri Bogande",
    ),
];
const OUTLETS: [&str; 24] = [
    "Meridian News",
    "Harbour Post",
    "The Daily Ledger",
    "Northern Wire",
    "Capital Tribune",
    "River Herald",
    "Sahel Monitor",
    "Gulf Dispatch",
    "Eastern Star",
    "The Evening Chronicle",
    "Highland Press",
    "Coastal Times",
    "The Observer of Trade",
    "Union Courier",
    "Lakeside Gazette",
    "Desert Voice",
    "The Morning Bulletin",
    "Delta Reporter",
    "Frontier Mail",
    "Plains Record",
    "The Southern Echo",
    "Valley Journal",
    "Metro Standard",
    "Orient Telegraph",
];
const WEEKDAYS: [&str; 7] = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// SplitMix64 (Steele et al. 2014).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % below
    }

    fn of<'l, T: ?Sized>(&mut self, list: &[&'l T]) -> &'l T {
        list[self.below(list.len() as u64) as usize]
    }
}

/// One report.
pub(crate) struct Report {
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) day: i64,
    pub(crate) outlet: &'static str,
}

/// What happened.
struct Happening {
    country: &'static str,
    group: &'static str,
    town: String,
    day: i64,
    kind: u64,
    killed: u64,
    wounded: u64,
    victims: &'static str,
}

const NUMBERS: [&str; 10] = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

fn number(count: u64) -> String {
    NUMBERS.get(count as usize).map_or_else(|| count.to_string(), |word| (*word).to_owned())
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or(String::new(), |first| first.to_uppercase().chain(characters).collect())
}

/// The date of a day (Howard Hinnant, "chrono-compatible low-level date algorithms").
pub(crate) fn date(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

fn happening(seed: u64, index: u64) -> (Happening, Dice) {
    let mut dice = Dice(seed ^ index.wrapping_mul(0xD134_2543_DE82_EF95));
    let (country, groups, towns) = WORLD[dice.below(12) as usize];
    let towns: Vec<&str> = towns.split(' ').collect();
    let killed = match dice.below(10) {
        0..=3 => 1 + dice.below(3),
        4..=7 => 2 + dice.below(9),
        8 => 8 + dice.below(30),
        _ => 0,
    };
    let happening = Happening {
        country,
        group: dice.of(groups),
        town: dice.of(&towns).to_owned(),
        day: FIRST_DAY + (index / HAPPENINGS_A_DAY) as i64,
        kind: dice.below(7),
        killed,
        wounded: dice.below(4) * (1 + killed / 2),
        victims: dice.of(&["soldiers", "civilians", "police officers", "villagers", "people", "militiamen"]),
    };
    (happening, dice)
}

/// The first sentence's core: what was done, in one of several wordings.
fn deed(what: &Happening, killed: u64, dice: &mut Dice) -> String {
    let (town, victims, count) = (&what.town, what.victims, number(killed));
    let dead = match killed {
        0 => "causing no deaths".to_owned(),
        1 => format!("killing one of the {victims}"),
        _ => format!("killing {count} {victims}"),
    };
    match what.kind {
        0 => format!("A car bomb exploded near a market in {town}, {dead}"),
        1 => format!(
            "{} ambushed an army convoy outside {town}, {dead}",
            dice.of(&["Gunmen", "Fighters", "Militants"])
        ),
        2 => format!("An air strike hit a compound in {town}, {dead}"),
        3 => format!("A roadside bomb struck a vehicle on the road to {town}, {dead}"),
        4 => format!("Armed men raided a village near {town}, {dead}"),
        5 => format!("A drone struck a fuel depot in {town}, {dead}"),
        _ => format!("Attackers stormed a police post in {town}, {dead}"),
    }
}

const NOUNS: [&str; 7] =
    ["car bomb", "ambush", "air strike", "roadside bomb", "raid", "drone strike", "assault"];

/// The reports of one happening, in the order in which they came out.
fn reports(seed: u64, index: u64, sink: &mut Vec<Report>) {
    let (what, mut dice) = happening(seed, index);
    let noun = NOUNS[what.kind as usize];
    let weekday = WEEKDAYS[what.day.rem_euclid(7) as usize];
    let (_, month, of_month) = date(what.day);
    let count = [1, 1, 1, 1, 2, 2, 2, 3, 4, 6][dice.below(10) as usize];
    let mut killed = what.killed;
    for turn in 0..count {
        let outlet = OUTLETS[dice.below(24) as usize];
        let later = if turn == 0 { dice.below(2) } else { turn / 2 + dice.below(2) } as i64;
        let day = what.day + later;
        if turn > 0 && dice.below(4) == 0 && sink.last().is_some_and(|last| last.day <= day) {
            // Another outlet takes the last report over, under a headline of its own.
            let last = &sink[sink.len() - 1];
            let title = format!("{} reported near {}, {}", capital(noun), what.town, what.country);
            let text = format!("{}\n\nFirst carried by {}.", last.text, last.outlet);
            sink.push(Report { title, text, day, outlet });
            continue;
        }
        if turn > 0 && killed > 2 && dice.below(2) == 0 {
            killed += 1 + dice.below(killed / 2 + 1);
        }
        let said = dice.of(&[
            "a military spokesman said",
            "officials said",
            "the interior ministry said",
            "local residents said",
            "a hospital source said",
        ]);
        let when = if turn == 0 {
            format!("on {weekday}")
        } else {
            format!("on {} {of_month}", MONTHS[month as usize - 1])
        };
        let mut text = String::new();
        if turn % 2 == 0 {
            let _ = write!(text, "{} {when}, {said}.", deed(&what, killed, &mut dice));
        } else {
            let _ = write!(
                text,
                "{} {} died in {weekday}'s {noun} in {}, {said}, raising an earlier toll.",
                capital(&number(killed.max(1))),
                what.victims,
                what.town
            );
        }
        if what.wounded > 0 {
            let _ = write!(
                text,
                " {} others were wounded and taken to a hospital in {}.",
                capital(&number(what.wounded)),
                what.town
            );
        }
        text.push_str("\n\n");
        match dice.below(5) {
            0 => drop(write!(
                text,
                "{} claimed responsibility for the {noun} in a statement on its channel.",
                capital(what.group)
            )),
            1 => drop(write!(
                text,
                "The army blamed {}, which has fought the government of {} for years.",
                what.group, what.country
            )),
            2 => drop(write!(
                text,
                "Nobody has claimed responsibility, but {} has carried out similar attacks in the area.",
                what.group
            )),
            3 => drop(write!(
                text,
                "Security forces said they killed {} fighters of {} in the clash that followed.",
                number(2 + dice.below(7)),
                what.group
            )),
            _ => drop(write!(text, "A spokesman for {} denied that its men had taken part.", what.group)),
        }
        text.push(' ');
        text.push_str(dice.of(&[
            "\"We heard a loud noise and everybody ran,\" said a shopkeeper who asked not to be named.",
            "The governor visited the site and promised help to the families of the dead.",
            "Schools and shops stayed closed and soldiers searched cars on the main roads.",
            "The United Nations condemned the violence and called on all sides to protect civilians.",
            "Analysts said the attack was likely meant to show that the group can still strike at will.",
        ]));
        match dice.below(8) {
            0 => drop(write!(text, "\n\nIn a separate incident, gunmen took control of a checkpoint near {} and held it for several hours.", what.town)),
            1 => drop(write!(text, "\n\nThe region has seen {} such attacks since the start of the year, according to a local monitoring group.", number(3 + dice.below(20)))),
            2 => text.push_str("\n\nNegotiators from both sides are expected to meet next month, though previous talks have failed."),
            _ => {}
        }
        let title = match dice.below(3) {
            0 => format!("{} kills {} in {}", capital(noun), number(killed), what.town),
            1 => format!("{}: {} dead after {noun} in {}", what.country, number(killed), what.town),
            _ => format!("Toll of {} {noun} stands at {}", what.town, number(killed)),
        };
        sink.push(Report { title, text, day, outlet });
    }
}

/// The first reports of a world: exactly `count`.
pub(crate) fn make(seed: u64, count: usize) -> Vec<Report> {
    let mut made = Vec::with_capacity(count + 8);
    for index in 0.. {
        if made.len() >= count {
            break;
        }
        reports(seed, index, &mut made);
    }
    made.truncate(count);
    made
}

/// Reports as a table that the program reads.
pub(crate) fn table(reports: &[Report]) -> String {
    let mut table = "id,date,outlet,title,text\n".to_owned();
    for (number, report) in reports.iter().enumerate() {
        let (year, month, day) = date(report.day);
        let text = report.text.replace('"', "\"\"");
        let _ = writeln!(
            table,
            "r{number},{year}-{month:02}-{day:02},{},{},\"{text}\"",
            report.outlet,
            report.title.replace(',', "")
        );
    }
    table
}

/// Writes reports as CSV files of at most 10,000 rows: `--count N --to FOLDER [--seed N]`.
///
/// # Errors
/// When the arguments are wrong or the folder can't be written.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let (mut count, mut to, mut seed) = (None, None, 1);
    for pair in arguments.chunks(2) {
        match pair {
            [name, value] if name == "--count" => count = Some(value.parse::<usize>().context("--count")?),
            [name, value] if name == "--to" => to = Some(value.clone()),
            [name, value] if name == "--seed" => seed = value.parse().context("--seed")?,
            _ => bail!("usage: cargo xtask reports --count N --to FOLDER [--seed N]"),
        }
    }
    let (Some(count), Some(to)) = (count, to) else {
        bail!("usage: cargo xtask reports --count N --to FOLDER")
    };
    std::fs::create_dir_all(&to).with_context(|| to.clone())?;
    let made = make(seed, count);
    let words: usize = made.iter().map(|report| report.text.split_whitespace().count()).sum();
    for (number, part) in made.chunks(10_000).enumerate() {
        let path = Path::new(&to).join(format!("reports-{number:03}.csv"));
        std::fs::write(&path, table(part)).with_context(|| path.display().to_string())?;
    }
    println!("{count} reports of {} words each on average in {to}", words / count.max(1));
    Ok(())
}
