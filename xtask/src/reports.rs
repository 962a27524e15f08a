//! `cargo xtask reports`: invented but ordinary news reports, to measure the record by: towns, groups and outlets that keep returning,
//! happenings told once or several times, with copies under new headlines, tolls that rise, corrections and round-ups.
//!
//! Every sentence is our own; what they tell never happened. The same seed gives the same reports; a report depends on its happening
//! alone, so a larger collection begins with the smaller one.

mod phrase;

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

const SAYING: [&str; 7] = [
    "a military spokesman said",
    "officials said",
    "the interior ministry said",
    "local residents said",
    "a hospital source said",
    "police said",
    "two security sources said",
];
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
        let when = if turn == 0 {
            format!("on {weekday}")
        } else {
            format!("on {} {of_month}", MONTHS[month as usize - 1])
        };
        let town_of = WORLD.iter().find(|(country, ..)| *country == what.country).map_or("", |world| world.2);
        let towns: Vec<&str> = town_of.split(' ').filter(|town| *town != what.town).collect();
        let filling = |name: &str, dice: &mut Dice| match name {
            "town" => what.town.clone(),
            "other" => dice.of(&towns).to_owned(),
            "when" => when.clone(),
            "weekday" => weekday.to_owned(),
            "date" => format!("{} {of_month}", MONTHS[month as usize - 1]),
            "month" => dice.of(&MONTHS).to_owned(),
            "country" | "Country" => what.country.to_owned(),
            "group" => what.group.to_owned(),
            "Group" => capital(what.group),
            "noun" => noun.to_owned(),
            "victims" => what.victims.to_owned(),
            "count" => number(killed.max(1)),
            "Count" => capital(&number(killed.max(1))),
            "few" => number(2 + dice.below(7)),
            "km" | "percent" => (10 + dice.below(70)).to_string(),
            "hundreds" => (100 * (1 + dice.below(60))).to_string(),
            "said" => dice.of(&SAYING).to_owned(),
            "dead" => match (killed, dice.below(3)) {
                (0, _) => "causing no deaths".to_owned(),
                (1, _) => format!("killing one of the {}", what.victims),
                (_, 0) => format!("leaving {} {} dead", number(killed), what.victims),
                _ => format!("killing {} {}", number(killed), what.victims),
            },
            _ => phrase::person(dice),
        };
        let mut text = String::new();
        if turn % 2 == 0 {
            let patterns = phrase::DEEDS[what.kind as usize];
            let deed = phrase::said(dice.of(patterns), &mut dice, &filling);
            let _ = write!(text, "{deed}, {}.", dice.of(&SAYING));
        } else {
            let pattern = dice.of(&phrase::TOLLS);
            let _ = write!(text, "{}.", phrase::said(pattern, &mut dice, &filling));
        }
        if what.wounded > 0 {
            let pattern = "[|Another ]{wounded} [others |people |][were wounded|were hurt|suffered injuries] and [were taken|were brought] to [a hospital|clinics] in {town}.";
            let wounded = |name: &str, dice: &mut Dice| match name {
                "wounded" => number(what.wounded),
                _ => filling(name, dice),
            };
            let _ = write!(text, " {}", capital(&phrase::said(pattern, &mut dice, &wounded)));
        }
        text.push_str("\n\n");
        let pattern = dice.of(&phrase::CLAIMS);
        text.push_str(&phrase::said(pattern, &mut dice, &filling));
        // From a short notice to a long report, with other things told in another order.
        let mut left: Vec<&str> = phrase::REST.to_vec();
        for sentence in 0..[2, 4, 7, 10, 14, 20, 30][dice.below(7) as usize] {
            let pattern = left.swap_remove(dice.below(left.len() as u64) as usize);
            text.push_str(if sentence % 3 == 1 { "\n\n" } else { " " });
            text.push_str(&phrase::said(pattern, &mut dice, &filling));
        }
        match dice.below(8) {
            0 => drop(write!(
                text,
                "\n\nIn a separate incident, gunmen took control of a checkpoint near {} and held it for several hours.",
                what.town
            )),
            1 => drop(write!(
                text,
                "\n\nThe region has seen {} such attacks since the start of the year, according to a local monitoring group.",
                number(3 + dice.below(20))
            )),
            _ => {}
        }
        let dead = if killed == 0 { "nobody".to_owned() } else { number(killed) };
        let title = match dice.below(3) {
            0 => format!("{} kills {dead} in {}", capital(noun), what.town),
            1 if killed > 0 => format!("{}: {dead} dead after {noun} in {}", what.country, what.town),
            1 => format!("{}: {noun} in {}", what.country, what.town),
            _ if killed > 0 => format!("Toll of {} {noun} stands at {dead}", what.town),
            _ => format!("{} in {}", capital(noun), what.town),
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
