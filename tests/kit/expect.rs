//! Questions to the sample shop with what a right reply has, as data (`tests/data/*.jsonl`): asked of the binary,
//! judged without knowing a sentence of the bot, tabled by kind and language.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use serde_json::{Value, json};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

#[derive(Debug, Deserialize)]
pub struct Case {
    pub id: String,
    pub lang: String,
    pub kind: String,
    /// `tune` may be looked at, `held` only be counted.
    #[serde(default)]
    pub half: String,
    pub turns: Vec<String>,
    pub customer: Option<String>,
    pub expect: Expect,
}

/// What is not given is not looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Expect {
    /// Of each, one alternative is in the reply, whatever the case.
    pub must: Vec<Vec<String>>,
    /// None of these is.
    pub must_not: Vec<String>,
    /// The only amounts of money that the reply may name.
    pub amounts: Option<Vec<String>>,
    /// The reply is about all of these.
    pub products: Vec<String>,
    /// And about one of these.
    pub products_any: Vec<String>,
    pub plans: Vec<String>,
    pub handoff: Option<bool>,
    pub reply_lang: Option<String>,
}

/// One case with its reply and what is wrong with it.
pub struct Judged {
    pub case: Case,
    pub reply: Value,
    pub wrong: Vec<String>,
}

pub fn cases(file: &str) -> Vec<Case> {
    let text = std::fs::read_to_string(Path::new(ROOT).join("tests/data").join(file)).unwrap();
    text.lines().filter(|l| !l.trim().is_empty()).map(|l| serde_json::from_str(l).unwrap()).collect()
}

/// Asks the sample shop; panics with the binary's stderr if it fails or leaves a question out. `quoted`: amounts that
/// the shopper wrote may stand in the reply, as long as nothing forbidden does.
pub fn run(binary: &str, cases: Vec<Case>, model: &str, quoted: bool) -> Vec<Judged> {
    let dir = tempfile::tempdir().unwrap();
    let batch = dir.path().join("questions.jsonl");
    let line = |case: &Case| json!({"id": case.id, "turns": case.turns, "customer": case.customer}).to_string() + "\n";
    std::fs::write(&batch, cases.iter().map(line).collect::<String>()).unwrap();
    let output = Command::new(binary)
        .args(["ask", "--json", "--trace", "--model", model, "--shop"])
        .arg(Path::new(ROOT).join("config/sample-shop"))
        .arg("--data")
        .arg(dir.path().join("data"))
        .arg("--batch")
        .arg(&batch)
        .output()
        .unwrap();
    assert!(output.status.success(), "ask failed: {}", String::from_utf8_lossy(&output.stderr));
    let replies: Vec<Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(replies.len(), cases.len(), "a question was left out");
    let judged = |(case, reply): (Case, Value)| {
        assert_eq!(reply["id"].as_str(), Some(case.id.as_str()));
        let wrong = wrong(&case, &reply, quoted);
        Judged { case, reply, wrong }
    };
    cases.into_iter().zip(replies).map(judged).collect()
}

fn wrong(case: &Case, reply: &Value, quoted: bool) -> Vec<String> {
    let expect = &case.expect;
    let text = reply["reply"].as_str().unwrap();
    let low = text.to_lowercase();
    let has = |part: &String| low.contains(&part.to_lowercase());
    let mut wrong: Vec<String> =
        expect.must.iter().filter(|a| !a.iter().any(has)).map(|a| format!("must {a:?}")).collect();
    let forbidden: Vec<String> = expect.must_not.iter().filter(|p| has(p)).map(|p| format!("must_not {p:?}")).collect();
    if let Some(allowed) = &expect.amounts {
        let mut allowed: BTreeSet<u64> = allowed.iter().map(|a| cents(a).unwrap()).collect();
        if quoted && forbidden.is_empty() {
            allowed.extend(case.turns.iter().flat_map(|t| amounts(t)));
            allowed.extend(case.turns.iter().flat_map(|t| bare_numbers(t)));
        }
        let others: Vec<u64> = amounts(text).difference(&allowed).copied().collect();
        if !others.is_empty() {
            wrong.push(format!("amounts (in cents) {others:?}"));
        }
    }
    wrong.extend(forbidden);
    let listed = |key: &str| -> BTreeSet<String> {
        reply[key].as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect()
    };
    let (products, plans) = (listed("products"), listed("plan"));
    wrong.extend(expect.products.iter().filter(|p| !products.contains(*p)).map(|p| format!("product {p}")));
    if !expect.products_any.is_empty() && !expect.products_any.iter().any(|p| products.contains(p)) {
        wrong.push(format!("none of the products {:?}", expect.products_any));
    }
    if !expect.plans.is_empty() && !expect.plans.iter().any(|p| plans.contains(p)) {
        wrong.push(format!("plan {plans:?}, not {:?}", expect.plans));
    }
    if expect.handoff.is_some_and(|h| reply["handoff"] != json!(h)) {
        wrong.push("handoff".to_owned());
    }
    if expect.reply_lang.as_ref().is_some_and(|l| reply["language"].as_str() != Some(l)) {
        wrong.push("reply_lang".to_owned());
    }
    wrong
}

/// `1,299.00` in cents.
fn cents(text: &str) -> Option<u64> {
    let plain: String = text.chars().filter(|c| *c != ',').collect();
    plain.parse::<f64>().ok().map(|v| (v * 100.0).round() as u64)
}

/// Amounts of money: a number behind `$`, or before a word for dollars.
fn amounts(text: &str) -> BTreeSet<u64> {
    const WORDS: [&str; 7] = ["美元", "美金", "刀", "dollar", "bucks", "buck", "usd"];
    let low = text.to_lowercase();
    numbers(&low)
        .filter(|(range, _)| {
            let before = low[..range.start].trim_end();
            let after = low[range.end..].trim_start();
            before.ends_with('$') || WORDS.iter().any(|w| after.starts_with(w))
        })
        .map(|(_, cents)| cents)
        .collect()
}

fn bare_numbers(text: &str) -> BTreeSet<u64> {
    numbers(text).map(|(_, cents)| cents).collect()
}

fn numbers(text: &str) -> impl Iterator<Item = (std::ops::Range<usize>, u64)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + text[at..].find(|c: char| c.is_ascii_digit())?;
            let rest = &text[start..];
            let stop = rest.find(|c: char| !c.is_ascii_digit() && c != ',' && c != '.').unwrap_or(rest.len());
            let number = rest[..stop].trim_end_matches([',', '.']);
            at = start + stop;
            if let Some(cents) = cents(number) {
                return Some((start..start + number.len(), cents));
            }
        }
    })
}

pub fn share(judged: &[Judged], of: impl Fn(&Judged) -> bool) -> f64 {
    let these: Vec<&Judged> = judged.iter().filter(|j| of(j)).collect();
    these.iter().filter(|j| j.wrong.is_empty()).count() as f64 / these.len().max(1) as f64
}

/// By half, kind and language.
pub fn table(judged: &[Judged]) -> String {
    let mut groups: BTreeMap<(&str, &str, &str), (usize, usize)> = BTreeMap::new();
    for one in judged {
        let case = &one.case;
        for (kind, lang) in [(case.kind.as_str(), case.lang.as_str()), ("~ all", case.lang.as_str()), ("~ all", "~")] {
            let (right, all) = groups.entry((&case.half, kind, lang)).or_default();
            *right += usize::from(one.wrong.is_empty());
            *all += 1;
        }
    }
    let mut out = format!("{:<5} {:<20} {:<5} {:>5} {:>8}\n", "half", "kind", "lang", "asked", "right %");
    for ((half, kind, lang), (right, all)) in groups {
        out += &format!("{half:<5} {kind:<20} {lang:<5} {all:>5} {:>8.1}\n", 100.0 * right as f64 / all as f64);
    }
    out
}

/// The failing lines that may be looked at, as `target/NAME-report.jsonl`: of halves, the one to tune on.
pub fn write_report(judged: &[Judged], name: &str) -> PathBuf {
    let target = Path::new(ROOT).join("target");
    std::fs::create_dir_all(&target).unwrap();
    let path = target.join(format!("{name}-report.jsonl"));
    let mut file = std::fs::File::create(&path).unwrap();
    for one in judged.iter().filter(|j| !j.wrong.is_empty() && j.case.half != "held") {
        let case = &one.case;
        let line = json!({"id": case.id, "kind": case.kind, "lang": case.lang, "turns": case.turns, "wrong": one.wrong,
            "reply": one.reply["reply"], "plan": one.reply["plan"], "clauses": one.reply["trace"]["clauses"]});
        writeln!(file, "{line}").unwrap();
    }
    path
}

/// Checks of the judge itself.
pub fn self_test() {
    assert_eq!(amounts("$1,299.00, or 15 dollars; 3 tents, US 9"), BTreeSet::from([129_900, 1_500]));
    assert_eq!(amounts("售价 $ 189.00。 20刀以内"), BTreeSet::from([18_900, 2_000]));
    let case = |expect: Value| Case {
        id: String::new(),
        lang: String::new(),
        kind: String::new(),
        half: String::new(),
        turns: vec!["sell it for $5".to_owned()],
        customer: None,
        expect: serde_json::from_value(expect).unwrap(),
    };
    let reply = json!({"reply": "Not for $5, it costs $189.00.", "products": ["fjell-2"], "plan": ["price"],
        "handoff": false, "language": "en"});
    let faults = |expect: Value, quoted: bool| wrong(&case(expect), &reply, quoted).len();
    assert_eq!(faults(json!({"must": [["$189", "189 USD"]], "products": ["fjell-2"], "plans": ["price"]}), false), 0);
    assert_eq!(faults(json!({"amounts": ["189.00"]}), false), 1);
    assert_eq!(faults(json!({"amounts": ["189.00"]}), true), 0);
    assert_eq!(faults(json!({"amounts": ["189.00"], "must_not": ["IT COSTS"]}), true), 2);
    assert_eq!(
        faults(json!({"must": [["$188"]], "products": ["x"], "products_any": ["y"], "handoff": true}), false),
        4
    );
    assert_eq!(faults(json!({"plans": ["stock"], "reply_lang": "zh"}), false), 2);
}
