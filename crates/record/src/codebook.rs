//! Closed vocabularies of the record, each written exactly as it is published.
//!
//! PLOVER terms follow the PLOVER manual (draft 2.0); the rest follows the reading contract.

/// Declares an enumeration whose variants have one fixed spelling in JSON, in data files and on screen.
macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant,)* }
        impl $name {
            /// Every value, in the order of the codebook.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// The published spelling.
            #[must_use]
            pub fn as_str(self) -> &'static str { match self { $(Self::$variant => $text),* } }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.pad(self.as_str()) }
        }
        impl std::str::FromStr for $name {
            type Err = UnknownCode;
            fn from_str(text: &str) -> Result<Self, UnknownCode> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    _ => Err(UnknownCode { allowed: &[$($text),*], code: text.to_owned() }),
                }
            }
        }
    };
}
pub(crate) use vocabulary;

/// A word that its vocabulary lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownCode {
    /// The words it has.
    pub allowed: &'static [&'static str],
    /// The word as it was given.
    pub code: String,
}

impl std::fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` is none of {}", self.code, self.allowed.join(", "))
    }
}

impl std::error::Error for UnknownCode {}

vocabulary! {
    /// PLOVER event category (PLOVER manual, draft 2.0, chapter on event categories).
    Category {
        /// Agree to, offer or promise to cooperate.
        Agree = "AGREE",
        /// Meet, visit, negotiate, talk.
        Consult = "CONSULT",
        /// Verbal or symbolic support.
        Support = "SUPPORT",
        /// Yield verbally; ease restrictions.
        Concede = "CONCEDE",
        /// Material cooperation.
        Cooperate = "COOPERATE",
        /// Provide material aid.
        Aid = "AID",
        /// Yield materially: withdraw, release, cease fire.
        Retreat = "RETREAT",
        /// Ask, demand, appeal.
        Request = "REQUEST",
        /// Blame, condemn, investigate, charge.
        Accuse = "ACCUSE",
        /// Refuse, veto, defy.
        Reject = "REJECT",
        /// Threaten, warn with force.
        Threaten = "THREATEN",
        /// Demonstrate, riot, strike.
        Protest = "PROTEST",
        /// Reduce relations; convict; expel.
        Sanction = "SANCTION",
        /// Move forces short of using them.
        Mobilize = "MOBILIZE",
        /// Repress, arrest, restrict, short of violence.
        Coerce = "COERCE",
        /// Use physical force.
        Assault = "ASSAULT",
    }
}

vocabulary! {
    /// PLOVER event mode: how it was done (manual, mode tables of each category).
    Mode {
        /// CONSULT: the actor visits, the recipient hosts.
        Visit = "visit",
        /// CONSULT: hosted by a third party.
        ThirdParty = "third-party",
        /// CONSULT: in an alliance or international body.
        Multilateral = "multilateral",
        /// CONSULT: by phone or another remote medium.
        Phone = "phone",
        /// RETREAT: from territory; SANCTION: of non-military resources.
        Withdraw = "withdraw",
        /// RETREAT: of captives.
        Release = "release",
        /// RETREAT: gives up weapons.
        Disarm = "disarm",
        /// RETREAT: implements one.
        Ceasefire = "ceasefire",
        /// RETREAT: lets third parties in.
        Access = "access",
        /// RETREAT: official resignation.
        Resign = "resign",
        /// REQUEST, REJECT: exchange, relations, assistance.
        Assist = "assist",
        /// REQUEST, REJECT: policy, government, institutions.
        Change = "change",
        /// REQUEST, REJECT: releases, ceasefires, easing.
        Yield = "yield",
        /// REQUEST, REJECT: meetings and negotiations.
        Meet = "meet",
        /// ACCUSE: disapproval, condemnation, complaint.
        Disapprove = "disapprove",
        /// ACCUSE: any investigation.
        Investigate = "investigate",
        /// ACCUSE: accusation, indictment, trial.
        Allege = "allege",
        /// THREATEN, COERCE: movement or political activity.
        Restrict = "restrict",
        /// THREATEN, COERCE: detain, imprison.
        Arrest = "arrest",
        /// THREATEN: suspend relations or talks.
        Relations = "relations",
        /// THREATEN, SANCTION: diplomats, members, bodies.
        Expel = "expel",
        /// THREATEN: occupy or seize ground.
        Territory = "territory",
        /// THREATEN: violence.
        Violence = "violence",
        /// PROTEST: organised, largely peaceful.
        Demo = "demo",
        /// PROTEST: violent.
        Riot = "riot",
        /// PROTEST: abandonment of workplaces.
        Strike = "strike",
        /// PROTEST: hunger strike.
        Hunger = "hunger",
        /// PROTEST: withdrawal of relations.
        Boycott = "boycott",
        /// PROTEST: blocks passage or access.
        Obstruct = "obstruct",
        /// PROTEST: symbolic damage.
        Vandalize = "vandalize",
        /// SANCTION: found guilty or liable.
        Convict = "convict",
        /// SANCTION: curtails exchanges; international sanctions.
        Discontinue = "discontinue",
        /// MOBILIZE: armed personnel or units.
        Troops = "troops",
        /// MOBILIZE: readiness of weapons systems.
        Weapons = "weapons",
        /// MOBILIZE: police or security units.
        Police = "police",
        /// MOBILIZE: non-state armed entity.
        Militia = "militia",
        /// COERCE: search, confiscate, raid.
        Seize = "seize",
        /// COERCE: restricts information.
        Censor = "censor",
        /// COERCE: imposes curfew.
        Curfew = "curfew",
        /// COERCE: state of emergency or martial law.
        MartialLaw = "martial-law",
        /// COERCE: expels individuals.
        Deport = "deport",
        /// COERCE: withholds public goods.
        Withhold = "withhold",
        /// COERCE: deception, manipulation.
        Misinformation = "misinformation",
        /// COERCE: attacks on computers.
        Cyber = "cyber",
        /// ASSAULT: abduct, kidnap, hijack.
        Abduct = "abduct",
        /// ASSAULT: blows.
        Beat = "beat",
        /// ASSAULT: torture.
        Torture = "torture",
        /// ASSAULT: sexual violence.
        Sexual = "sexual",
        /// ASSAULT: targeted killings, executions, massacres.
        Targeted = "targeted",
        /// ASSAULT: intentional destruction of property.
        Destroy = "destroy",
        /// ASSAULT: fire, edged weapons, rocks.
        Primitive = "primitive",
        /// ASSAULT: rifles, pistols, light machine guns.
        Firearms = "firearms",
        /// ASSAULT: mines, improvised devices, car bombs.
        Explosives = "explosives",
        /// ASSAULT: individual or vehicular.
        SuicideAttack = "suicide-attack",
        /// ASSAULT: manned aircraft.
        Aerial = "aerial",
        /// ASSAULT: unmanned aircraft.
        Drone = "drone",
        /// ASSAULT: artillery, rockets, armour.
        HeavyWeapons = "heavy-weapons",
        /// ASSAULT: less lethal means.
        CrowdControl = "crowd-control",
        /// ASSAULT: chemical, biological, radiation, nuclear.
        Unconventional = "unconventional",
    }
}

vocabulary! {
    /// PLOVER general context (manual, table of general contexts).
    Context {
        /// State military bodies.
        Military = "military",
        /// State intelligence.
        Intelligence = "intelligence",
        /// Executive agencies and heads of state.
        Executive = "executive",
        /// Legislatures.
        Legislative = "legislative",
        /// Elections and campaigns.
        Election = "election",
        /// Changes in formal political bodies.
        PoliticalInstitutions = "political_institutions",
        /// Democratisation.
        ProDemocracy = "pro_democracy",
        /// Autocratisation.
        ProAutocracy = "pro_autocracy",
        /// Trade, finance, development.
        Economic = "economic",
        /// Courts and law.
        Legal = "legal",
        /// Compensation for past harm.
        Reparations = "reparations",
        /// Human rights in general.
        HumanRights = "human_rights",
        /// Political rights, press freedom.
        RightsFreedoms = "rights_freedoms",
        /// Forceful repression.
        Repression = "repression",
        /// Access to water, food, housing, land.
        HumanSecurity = "human_security",
        /// Women's issues and equality.
        Gender = "gender",
        /// LGBTQ issues.
        Lgbt = "lgbt",
        /// Religious and ethnic issues.
        ReligionEthnicity = "religion_ethnicity",
        /// Unequal distribution.
        Inequality = "inequality",
        /// Diplomacy.
        Diplomatic = "diplomatic",
        /// Territorial disputes.
        Territory = "territory",
        /// Peacekeeping.
        Peacekeeping = "peacekeeping",
        /// Public health.
        Health = "health",
        /// Asylum.
        Asylum = "asylum",
        /// Refugees and displaced people.
        Migration = "migration",
        /// Disasters and accidents.
        Disasters = "disasters",
        /// Extraction and trade.
        NaturalResource = "natural_resource",
        /// Pollution and protection.
        Environment = "environment",
        /// Technology.
        Technology = "technology",
        /// Terrorist groups and counter-terrorism.
        Terrorism = "terrorism",
        /// Chemical, biological, radiological, nuclear.
        Cbrn = "cbrn",
        /// Cyber attacks.
        Cyber = "cyber",
        /// Influence operations.
        Misinformation = "misinformation",
        /// Crime.
        Crime = "crime",
        /// Corruption.
        Corruption = "corruption",
        /// Illegal drugs.
        IllegalDrugs = "illegal_drugs",
        /// Trafficking and smuggling.
        Trafficking = "trafficking",
        /// Humanitarian aid (as used in the CAMEO crosswalk of 2021).
        Humanitarian = "humanitarian",
    }
}

vocabulary! {
    /// PLOVER sector code of an actor (manual, table of sector codes).
    Sector {
        /// Police.
        Cop = "COP",
        /// Government.
        Gov = "GOV",
        /// Judiciary.
        Jud = "JUD",
        /// Legislature.
        Leg = "LEG",
        /// State military.
        Mil = "MIL",
        /// Paramilitary not in opposition.
        Prm = "PRM",
        /// Political parties.
        Pty = "PTY",
        /// Rebels: armed opposition.
        Reb = "REB",
        /// Intelligence services.
        Spy = "SPY",
        /// Unidentified armed forces.
        Uaf = "UAF",
        /// Generic unidentified actors.
        Unk = "UNK",
        /// Agricultural labour.
        Agr = "AGR",
        /// Business.
        Bus = "BUS",
        /// Criminals and gangs.
        Crm = "CRM",
        /// Civilians.
        Cvl = "CVL",
        /// Education.
        Edu = "EDU",
        /// Former officials, elites.
        Eli = "ELI",
        /// Journalists and media.
        Jrn = "JRN",
        /// Labour.
        Lab = "LAB",
        /// Health.
        Med = "MED",
        /// Refugees and displaced persons.
        Ref = "REF",
        /// Political opposition.
        Opp = "OPP",
        /// Partially recognised entity.
        Pre = "PRE",
        /// Religious bodies.
        Rel = "REL",
        /// Civil society.
        Soc = "SOC",
        /// International governmental organisation.
        Igo = "IGO",
        /// Non-governmental organisation.
        Ngo = "NGO",
        /// Multinational company.
        Mnc = "MNC",
    }
}

vocabulary! {
    /// Type of incident, in the manner of GTD attack types and ACLED sub-events (READING.md).
    IncidentType {
        /// Attack with firearms or unstated arms.
        ArmedAssault = "armed_assault",
        /// Explosive device.
        Bombing = "bombing",
        /// Explosive carried by an attacker who dies.
        SuicideBombing = "suicide_bombing",
        /// Abduction.
        Kidnapping = "kidnapping",
        /// People held at a place under threat.
        HostageTaking = "hostage_taking",
        /// Killing of a chosen, prominent person.
        Assassination = "assassination",
        /// Fire-setting.
        Arson = "arson",
        /// Seizure of a vehicle, vessel or aircraft.
        Hijacking = "hijacking",
        /// Ramming.
        VehicleAttack = "vehicle_attack",
        /// Edged weapon.
        Stabbing = "stabbing",
        /// Attack on infrastructure or a building.
        FacilityAttack = "facility_attack",
        /// Beating and the like.
        UnarmedAssault = "unarmed_assault",
        /// Manned aircraft.
        Airstrike = "airstrike",
        /// Unmanned aircraft.
        DroneStrike = "drone_strike",
        /// Artillery, mortars, rockets.
        Shelling = "shelling",
        /// Two armed sides fight.
        Battle = "battle",
        /// Forces enter to seize, arrest or kill.
        Raid = "raid",
    }
}

vocabulary! {
    /// Coarse weapon type (READING.md).
    WeaponType {
        /// `firearm`.
        Firearm = "firearm",
        /// `explosive`.
        Explosive = "explosive",
        /// `vehicle`.
        Vehicle = "vehicle",
        /// `knife`.
        Knife = "knife",
        /// `incendiary`.
        Incendiary = "incendiary",
        /// `aircraft`.
        Aircraft = "aircraft",
        /// `drone`.
        Drone = "drone",
        /// `missile`.
        Missile = "missile",
        /// `chemical`.
        Chemical = "chemical",
        /// `other`.
        Other = "other",
    }
}

vocabulary! {
    /// Coarse target type (READING.md).
    TargetType {
        /// `person`.
        Person = "person",
        /// `civilians`.
        Civilians = "civilians",
        /// `military`.
        Military = "military",
        /// `police`.
        Police = "police",
        /// `government`.
        Government = "government",
        /// `business`.
        Business = "business",
        /// `religious`.
        Religious = "religious",
        /// `transport`.
        Transport = "transport",
        /// `aviation`.
        Aviation = "aviation",
        /// `infrastructure`.
        Infrastructure = "infrastructure",
        /// `media`.
        Media = "media",
        /// `education`.
        Education = "education",
        /// `medical`.
        Medical = "medical",
        /// `diplomatic`.
        Diplomatic = "diplomatic",
        /// `other`.
        Other = "other",
    }
}

vocabulary! {
    /// Whose losses a count gives.
    TollGroup {
        /// `civilians`.
        Civilians = "civilians",
        /// `military`.
        Military = "military",
        /// `police`.
        Police = "police",
        /// `attackers`.
        Attackers = "attackers",
        /// `other`.
        Other = "other",
    }
}

vocabulary! {
    /// Whether a told happening happened (READING.md, "realis").
    Realis {
        /// It happened, as told.
        Actual = "actual",
        /// Said not to have happened.
        Negated = "negated",
        /// Prepared or intended.
        Planned = "planned",
        /// Announced as a threat.
        Threatened = "threatened",
        /// Attempted or planned, and stopped.
        Foiled = "foiled",
        /// Possible, conditional, feared.
        Hypothetical = "hypothetical",
        /// A kind of thing, no single happening.
        Generic = "generic",
    }
}

vocabulary! {
    /// What an actor is.
    ActorKind {
        /// `armed_group`.
        ArmedGroup = "armed_group",
        /// `state`.
        State = "state",
        /// `government`.
        Government = "government",
        /// `military`.
        Military = "military",
        /// `police`.
        Police = "police",
        /// `intelligence`.
        Intelligence = "intelligence",
        /// `judiciary`.
        Judiciary = "judiciary",
        /// `party`.
        Party = "party",
        /// `international_org`.
        InternationalOrg = "international_org",
        /// `media`.
        Media = "media",
        /// `company`.
        Company = "company",
        /// `civil_society`.
        CivilSociety = "civil_society",
        /// `population_group`.
        PopulationGroup = "population_group",
        /// `person`.
        Person = "person",
        /// `other`.
        Other = "other",
    }
}

vocabulary! {
    /// How precisely a place is known (READING.md).
    Precision {
        /// The named place itself.
        Exact = "exact",
        /// Near the named place, within `radius_km`.
        Near = "near",
        /// Second-order administrative unit.
        Admin2 = "admin2",
        /// First-order administrative unit.
        Admin1 = "admin1",
        /// Country.
        Country = "country",
        /// Informal or larger region.
        Region = "region",
    }
}

vocabulary! {
    /// Grain of a time.
    Granularity {
        /// `day`.
        Day = "day",
        /// `week`.
        Week = "week",
        /// `month`.
        Month = "month",
        /// `season`.
        Season = "season",
        /// `year`.
        Year = "year",
        /// `decade`.
        Decade = "decade",
        /// A time of day.
        Instant = "instant",
        /// `duration`.
        Duration = "duration",
        /// Recurring.
        Set = "set",
    }
}

vocabulary! {
    /// What a time was resolved against.
    TimeAnchor {
        /// The publication date.
        Published = "published",
        /// Another time in the text.
        Text = "text",
        /// Nothing: it is complete in itself.
        Absolute = "absolute",
    }
}

vocabulary! {
    /// Where a publication date came from.
    DateBasis {
        /// By the user.
        Given = "given",
        /// Page or file metadata.
        Metadata = "metadata",
        /// The text itself (dateline, byline).
        Text = "text",
    }
}

vocabulary! {
    /// Relation between two actors: `from` KIND `to`.
    RelationKind {
        /// `pledged_to`.
        PledgedTo = "pledged_to",
        /// `affiliated_with`.
        AffiliatedWith = "affiliated_with",
        /// `wing_of`.
        WingOf = "wing_of",
        /// `part_of`.
        PartOf = "part_of",
        /// `member_of`.
        MemberOf = "member_of",
        /// `leads`.
        Leads = "leads",
        /// `alias_of`.
        AliasOf = "alias_of",
        /// `formerly_named`.
        FormerlyNamed = "formerly_named",
        /// `split_from`.
        SplitFrom = "split_from",
        /// `merged_into`.
        MergedInto = "merged_into",
        /// `backs`.
        Backs = "backs",
        /// `allied_with`.
        AlliedWith = "allied_with",
        /// `opposes`.
        Opposes = "opposes",
    }
}

vocabulary! {
    /// What happened to a holder's ground.
    ControlStatus {
        /// `lost`.
        Lost = "lost",
        /// `gained`.
        Gained = "gained",
        /// `holds`.
        Holds = "holds",
        /// `contested`.
        Contested = "contested",
    }
}

vocabulary! {
    /// What a speaker does by saying it.
    StatementKind {
        /// A judgement of a situation or of what may come.
        Assessment = "assessment",
        /// Says `we did it`.
        ResponsibilityClaim = "responsibility_claim",
        /// `denial`.
        Denial = "denial",
        /// `threat`.
        Threat = "threat",
        /// `demand`.
        Demand = "demand",
        /// `condemnation`.
        Condemnation = "condemnation",
        /// Passes on what happened.
        Report = "report",
        /// `promise`.
        Promise = "promise",
    }
}

vocabulary! {
    /// Whether the speaker affirms or denies the content.
    Polarity {
        /// `affirms`.
        Affirms = "affirms",
        /// `denies`.
        Denies = "denies",
    }
}

vocabulary! {
    /// Individual or organisation.
    PerpetratorKind {
        /// `individual`.
        Individual = "individual",
        /// `organization`.
        Organization = "organization",
    }
}

vocabulary! {
    /// How a perpetrator is known.
    Claim {
        /// Says so itself.
        Claimed = "claimed",
        /// Named by somebody.
        Accused = "accused",
        /// Told as fact by the outlet or established by a court.
        Confirmed = "confirmed",
        /// `suspected`.
        Suspected = "suspected",
        /// `unknown`.
        Unknown = "unknown",
    }
}

vocabulary! {
    /// Kind of debris.
    MaskKind {
        /// `repeated_headline`.
        RepeatedHeadline = "repeated_headline",
        /// `credit`.
        Credit = "credit",
        /// `widget`.
        Widget = "widget",
        /// `author_bio`.
        AuthorBio = "author_bio",
        /// `boilerplate`.
        Boilerplate = "boilerplate",
        /// `caption`.
        Caption = "caption",
        /// `subscription`.
        Subscription = "subscription",
    }
}
