//! Sentences of many forms: patterns in which `[one|other]` is a choice (choices may hold choices) and `{name}` is filled in.

use super::Dice;

/// What patterns name, and what stands for it.
pub(super) type Filling<'f> = &'f dyn Fn(&str, &mut Dice) -> String;

/// One of the texts that a pattern stands for. A bracket or brace that isn't closed reaches to the end.
pub(super) fn said(pattern: &str, dice: &mut Dice, filling: Filling<'_>) -> String {
    let mut text = String::new();
    let mut rest = pattern;
    while let Some(at) = rest.find(['[', '{']) {
        text.push_str(&rest[..at]);
        let (open, close) = if rest[at..].starts_with('[') { ('[', ']') } else { ('{', '}') };
        let end = closing(&rest[at..], open, close).map_or(rest.len(), |end| at + end);
        let inner = &rest[at + 1..end];
        if open == '[' {
            let choices = choices(inner);
            let choice = choices[dice.below(choices.len() as u64) as usize];
            text.push_str(&said(choice, dice, filling));
        } else {
            text.push_str(&filling(inner, dice));
        }
        rest = rest.get(end + 1..).unwrap_or("");
    }
    text.push_str(rest);
    text
}

/// Where the bracket that `text` begins with is closed.
fn closing(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0;
    text.char_indices().find_map(|(at, character)| {
        depth += i32::from(character == open) - i32::from(character == close);
        (depth == 0).then_some(at)
    })
}

/// What stands between the bars that belong to no inner choice.
fn choices(inner: &str) -> Vec<&str> {
    let (mut depth, mut from, mut found) = (0, 0, Vec::new());
    for (at, character) in inner.char_indices() {
        match character {
            '[' => depth += 1,
            ']' => depth -= 1,
            '|' if depth == 0 => {
                found.push(&inner[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    found.push(&inner[from..]);
    found
}

/// Given names and family names; no pair is a real person's on purpose.
const GIVEN: [&str; 24] = [
    "Amadou", "Ibrahim", "Moussa", "Fatima", "Yusuf", "Khalid", "Mariam", "Idris", "Hassan", "Layla", "Omar",
    "Zainab", "Daniel", "Joseph", "Andriy", "Oksana", "Carlos", "Luisa", "Tariq", "Nadia", "Salim", "Ruth",
    "Pierre", "Esther",
];
const FAMILY: [&str; 24] = [
    "Kolare", "Bendari", "Tumasi", "Farouni", "Okwele", "Mirzani", "Delkov", "Santaro", "Abdeyo", "Harizad",
    "Konteba", "Ruzindo", "Malembe", "Tsargo", "Velaro", "Yanoush", "Barkedi", "Osmoni", "Pelaro", "Qaderi",
    "Sidiboni", "Wahedi", "Zoramba", "Ilunde",
];

/// A person who doesn't exist.
pub(super) fn person(dice: &mut Dice) -> String {
    format!("{} {}", dice.of(&GIVEN), dice.of(&FAMILY))
}

/// The first sentence: `{dead}` says how many died, `{when}` the day.
pub(super) const DEEDS: [&[&str]; 7] = [
    &[
        "A [car bomb|vehicle packed with explosives|bomb hidden in a parked car] [exploded|went off|blew up] [near a market|outside a government office|beside a busy junction|near a bus station] in [|central |the east of |the west of ]{town} {when}, {dead}",
        "[At least one|A] car bomb [tore through|hit] [a crowded street|a row of shops|a parking lot] in {town} {when}, {dead}",
    ],
    &[
        "[Gunmen|Fighters|Militants|Armed men] ambushed [an army convoy|a military patrol|a column of army trucks|a police vehicle] [outside|near|on the road to|some {km} kilometres from] {town} {when}, {dead}",
        "[An army convoy|A patrol of the security forces] was ambushed [near|outside|on its way to] {town} {when}, [officials said, |]{dead}",
    ],
    &[
        "[An air strike|A military air strike|An overnight air raid] hit [a compound|a house|a training camp|a warehouse] in [|the outskirts of |a suburb of ]{town} {when}, {dead}",
        "[Warplanes|Fighter jets|Military aircraft] bombed [a village|a hideout|several buildings] near {town} {when}, {dead}",
    ],
    &[
        "A [roadside bomb|land mine|home-made bomb] struck [a vehicle|a minibus|an army truck|a lorry|a supply convoy] [on the road to|near|outside] {town} {when}, {dead}",
        "[An explosive device|A bomb] planted [by the roadside|under a small bridge|on a track used by patrols] near {town} went off {when}, {dead}",
    ],
    &[
        "[Armed men|Gunmen on motorcycles|Attackers|Fighters] raided [a village|a farming village|two hamlets|a camp for displaced people] near {town} {when}, {dead}",
        "[Gunmen|Assailants] [attacked|stormed] a [village|settlement] [in the area of|close to|south of|north of] {town} {when}, {dead}",
    ],
    &[
        "A drone [struck|hit|crashed into] [a fuel depot|an apartment block|a power station|a barracks|a railway yard] in {town} {when}, {dead}",
        "[A drone attack|An attack by an armed drone] on [a market|a military post|an industrial area] in {town} {when} left damage over [a wide area|several streets], {dead}",
    ],
    &[
        "[Attackers|Gunmen|Militants] stormed [a police post|a military base|a checkpoint|an army camp|a customs office] in {town} {when}, {dead}",
        "[Dozens of|Several|A group of] [gunmen|fighters|armed men] attacked [a security post|a garrison|a police station] in {town} {when}, {dead}",
    ],
];

/// A later report's first sentence.
pub(super) const TOLLS: [&str; 4] = [
    "{Count} {victims} [died|were killed|lost their lives] in {weekday}'s {noun} in {town}, {said}, raising an earlier toll",
    "The death toll from {weekday}'s {noun} in {town} has risen to {count}, {said}",
    "The {noun} that hit {town} on {date} [killed|claimed the lives of] {count} {victims}, {said}",
    "[Rescuers|Hospital staff|Officials] in {town} now put the number of {victims} killed in {weekday}'s {noun} at {count}",
];

/// Who may have done it.
pub(super) const CLAIMS: [&str; 8] = [
    "{Group} claimed responsibility for the {noun} in [a statement on its channel|a message sent to reporters|a video posted online].",
    "The [army|government|interior ministry] blamed {group}, which has fought the [government|state] of {country} for [years|more than a decade|a generation].",
    "[Nobody has|No group has so far] claimed responsibility, but {group} [has carried out similar attacks in the area|is active in the district|has often threatened the town].",
    "Security forces said they killed {few} fighters of {group} in the [clash|gun battle|pursuit] that followed.",
    "A spokesman for {group} denied that its [men|fighters|forces] had taken part.",
    "[Analysts|Residents|Officials] suspect {group}, [though there was no claim|whose fighters were seen nearby days before].",
    "There was no [immediate |]claim of responsibility.",
    "{Group} said [it had struck|its fighters had hit] \"[the army of {country}|an enemy force|spies of the government]\" but gave no [evidence|details|figures].",
];

/// What else is told; a report takes some.
pub(super) const REST: [&str; 44] = [
    "\"[We heard|There was] a [loud noise|blast|burst of gunfire] and [everybody ran|people threw themselves to the ground|the windows broke],\" said [a shopkeeper|a teacher|a mother of three|a driver] who [asked not to be named|gave only a first name|fled with her children].",
    "The governor [visited the site|toured the hospital|met relatives] and promised [help to the families of the dead|that those behind it would be found|more patrols].",
    "[Schools|Shops|Offices] and [markets|banks|mosques|churches] [stayed closed|shut early|opened late] [the next day|for two days] and soldiers searched [cars|houses|passers-by] [on the main roads|at the entrances to the town|in three districts].",
    "The United Nations [condemned the violence|voiced deep concern|urged restraint] and called on all sides to [protect civilians|let aid through|respect the law of war].",
    "[Analysts|Observers|Diplomats] said the attack was [likely|probably|perhaps] meant to [show that the group can still strike at will|draw troops away from the border|scare people from voting|derail the talks].",
    "{Person}, who [sells fruit|repairs motorcycles|runs a pharmacy|keeps goats] near the [site|main square|river], said {few} of [his|her] neighbours were [missing|hurt|in hospital].",
    "[A doctor|A nurse|The director] at the [regional|general|university] hospital, {person}, said [beds|blood|surgeons|medicines] were [running out|urgently needed|in short supply].",
    "[The road|The highway] between {town} and {other} was [closed to traffic|reopened after some hours|patrolled by armoured cars].",
    "{Country}'s president [called an emergency meeting|cut short a visit abroad|spoke on state television] and [vowed to|said the army would] [hunt down the attackers|restore calm|never yield].",
    "Prices of [grain|fuel|cooking oil|flour] have [doubled|risen by a third|gone up by {percent} percent] since the [fighting|blockade|rains] began.",
    "[Aid workers|Relief agencies] said [some|around|about] {hundreds} people had [fled|left their homes|crossed the river] [since the start of the month|over the past week|after the raid].",
    "[Farmers|Herders|Traders] in the district say they [no longer dare|are afraid] to [go to their fields|graze their cattle|travel to market] [without escort|after dark|alone].",
    "The [mayor|district head|deputy governor], {person}, [asked for|demanded] [more soldiers|a curfew|calm] and [thanked|praised] the [volunteers|rescuers|medical teams].",
    "Witnesses said the [attackers|men] [arrived on motorcycles|wore uniforms|spoke a local language|came in two pickup trucks] and [stayed for|left after] [less than an hour|about {few} hours].",
    "[Investigators|Police experts] [collected fragments|took samples|questioned witnesses] at the [site|scene], which was [cordoned off|sealed off|guarded by troops].",
    "[Electricity|Water|The mobile network] was [cut off|down] in [parts of|most of] {town} until [the evening|the following morning|late at night].",
    "[Burials|Funerals] were held [the same evening|a day later|under heavy guard], and [hundreds|thousands] [took part|followed the coffins|came to pray].",
    "[Parliament|The opposition|A coalition of civic groups] [asked|wants to know|demanded an answer] why [warnings were ignored|no helicopter was sent|the post had so few men].",
    "The [attack|violence] comes [weeks before|days after|as the country prepares for] [elections|a peace conference|the harvest|the visit of a foreign envoy].",
    "[Photographs|Pictures|Films] [shared online|seen by reporters] showed [burned cars|a collapsed wall|smoke over the roofs|a deep crater]; they could not be [verified|checked] at once.",
    "[Neighbouring|Several neighbouring] states have [tightened border controls|sent their condolences|offered medical help].",
    "A [curfew|state of emergency] [was extended|remains in force|was declared] [in the district|across the province|from dusk to dawn].",
    "The [army|defence ministry] says it has [retaken|cleared|searched] [several|{few}] villages [around|east of|beyond] {other} since [the spring|last month|the offensive began].",
    "[Teachers|Doctors|Bus drivers] in {other} [went on strike|marched through the streets|closed their gates] to protest against [the insecurity|unpaid wages|kidnappings].",
    "\"[This must stop|We are tired|Nobody protects us],\" said {person}, [a student|an elder|a civil servant|a taxi driver]. \"[We have buried too many|Where is the state|We only want to work].\"",
    "According to [a monitoring group|local researchers|figures kept by a rights group], [more than|some] {hundreds} people have been killed in the [province|region|district] [this year|since January|in twelve months].",
    "Negotiators from both sides [are expected to meet|will meet|plan to meet] [next month|in the capital|abroad], though [previous talks have failed|few expect a deal|a truce was broken before].",
    "[Rain|Fog|Sand storms] [slowed|hampered|delayed] the [rescue work|search|flights that were to bring the wounded out].",
    "The [bridge|pipeline|railway] to {other}, [repaired only last year|vital for trade|opened under a foreign loan], was [not damaged|slightly damaged|out of use].",
    "A [company|charity|mining firm] that works [nearby|in the area] said [all its staff were safe|it had moved its people out|two of its trucks were burned].",
    "[Religious|Tribal|Community] leaders [called for|urged] [calm|dialogue|an end to revenge] at [Friday prayers|a meeting in {other}|a joint news conference].",
    "The [town|area] has [changed hands|been attacked] {few} times since the war began and many of its [people|traders|young men] have [left|moved to the capital|gone abroad].",
    "[Foreign|European|American] diplomats [advised|warned] their citizens [not to travel|against all travel] [to the province|beyond {other}|by road].",
    "The [Red Cross|Red Crescent] said it had [evacuated {few} patients|brought in surgical kits|asked for safe passage].",
    "[Three|Four|Two] suspects were [detained|arrested|questioned] [on the edge of town|at a checkpoint near {other}|in a night raid], a [prosecutor|police officer] said.",
    "[Experts|Engineers] said it would take [weeks|months] to [clear the rubble|remove unexploded shells|repair the mains].",
    "The [local|state] broadcaster [stopped its programme|played solemn music|read out the names of the dead].",
    "[Cattle|Goods|Vehicles|Food stocks] were [taken|stolen|set on fire], said [a village head|a trader|{person}], who put the loss at [a year's income|several thousand dollars|half the herd].",
    "[Last year|Two years ago|In the past], [a truce|an accord|a deal between elders] had [brought some quiet|let traders return|ended a blockade], but it [soon fell apart|was never signed by all|held for only a few weeks].",
    "[Women|Old people|Children] [slept in the open|found shelter in a school|were taken in by relatives] [that night|for several days].",
    "The [prime minister|interior minister], {person}, is [due to|expected to] [address parliament|visit the wounded|name a new commander] [this week|on {weekday}|soon].",
    "[Critics|Human rights groups] [accuse|have accused] the security forces of [arbitrary arrests|burning huts|looting] during [operations|searches] in the [hills|forest|suburbs], which the army [denies|calls propaganda].",
    "[Football|A wedding|A trade fair] planned [for the weekend|in {other}] was [called off|moved|put off].",
    "[It was|This was] the [deadliest|worst|most brazen] [attack|incident] [in the district|in {town}] [since {month}|this year|in recent memory], [residents|local journalists] said.",
];
