//! Reading a reply: the JSON line of the bot, and its text as clauses with what each mentions.

use serde_json::Value;

use super::scan::{Lexicon, Mention, What};

/// What the bot answered to one question.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    pub text: String,
    pub plan: Vec<String>,
    pub products: Vec<String>,
    pub handoff: bool,
    /// Whether a model worded it.
    pub by_model: bool,
}

impl Reply {
    pub fn parse(line: &Value) -> Reply {
        let strings = |value: &Value| match value {
            Value::String(one) => vec![one.clone()],
            Value::Array(many) => many.iter().filter_map(|v| v.as_str().map(String::from)).collect(),
            _ => Vec::new(),
        };
        Reply {
            text: line["reply"].as_str().unwrap_or_default().to_string(),
            plan: strings(&line["plan"]),
            products: strings(&line["products"]),
            handoff: line["handoff"].as_bool().unwrap_or(false),
            by_model: line["worded_by"] == "model",
        }
    }

    pub fn planned(&self, plan: &str) -> bool {
        self.plan.iter().any(|p| p == plan)
    }
}

/// A sentence, a list line, or one side of a "but".
#[derive(Debug, Clone)]
pub struct Clause {
    pub chars: Vec<char>,
    pub mentions: Vec<Mention>,
    pub question: bool,
    /// Ends with a colon: announces the list lines that follow.
    pub header: bool,
    pub bullet: bool,
}

impl Clause {
    pub fn lower(&self) -> String {
        self.chars.iter().flat_map(|c| c.to_lowercase()).collect()
    }

    /// The characters in lower case with all that was recognised, but for stock states and numbers, blanked out.
    pub fn masked(&self) -> Vec<char> {
        let keeps = |m: &Mention| matches!(m.what, What::Stock(_) | What::Number(..));
        let hidden = |i: usize| self.mentions.iter().any(|m| (m.start..m.end).contains(&i) && !keeps(m));
        let kept = self.chars.iter().enumerate().map(|(i, c)| if hidden(i) { ' ' } else { *c });
        kept.map(|c| c.to_lowercase().next().unwrap_or(c)).collect()
    }

    pub fn negated(&self) -> bool {
        let mut rest = format!(" {} ", self.masked().into_iter().collect::<String>());
        for harmless in [
            "no more than",
            "not more than",
            "no less than",
            "不超过",
            "不高于",
            "不低于",
            "不到",
            "不错",
            "不同",
            "差不多",
            "no problem",
            "not only",
            "不仅",
            "不只",
            "无论",
            "不管",
            "is there anything",
            "no worries",
            "不客气",
        ] {
            rest = rest.replace(harmless, " ");
        }
        let words: Vec<&str> = rest.split(|c: char| !c.is_alphanumeric() && c != '\'').collect();
        let english = |w: &&str| {
            w.ends_with("n't")
                || [
                    "no",
                    "not",
                    "none",
                    "neither",
                    "never",
                    "cannot",
                    "nor",
                    "nothing",
                    "nope",
                    "unfortunately",
                    "dont",
                    "isnt",
                ]
                .contains(w)
        };
        words.iter().any(english) || ["没", "無", "无", "不", "未", "暂缺"].iter().any(|w| rest.contains(w))
    }
}

/// Fullwidth forms, dashes and quotes made plain; letter case kept (it tells size M from "m").
pub fn plain(text: &str) -> Vec<char> {
    let one = |c: char| match c {
        '\u{ff01}'..='\u{ff5d}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' | '\u{202f}' | '\u{2009}' => ' ',
        '‐' | '‑' | '–' | '—' | '−' | '～' | '~' => '-',
        '’' | '‘' | '`' => '\'',
        '“' | '”' | '″' => '"',
        '\r' => '\n',
        c => c,
    };
    text.chars().map(one).filter(|c| !matches!(c, '*' | '_')).collect()
}

/// The clauses of a reply, each scanned for what the lexicon knows.
pub fn clauses(text: &str, lexicon: &Lexicon) -> Vec<Clause> {
    let chars = plain(text);
    let mut out = Vec::new();
    let mut start = 0;
    let mut i = 0;
    while i <= chars.len() {
        let skip = if i == chars.len() { Some(1) } else { boundary(&chars, i) };
        if let Some(skip) = skip {
            push(&mut out, &chars[start..i], chars.get(i).copied(), lexicon);
            start = i + skip;
            i = start.max(i + 1);
            if start > chars.len() {
                break;
            }
        } else {
            i += 1;
        }
    }
    out
}

/// Whether a clause ends before `i`, and how many characters are then left out.
fn boundary(chars: &[char], i: usize) -> Option<usize> {
    let next = chars.get(i + 1).copied().unwrap_or(' ');
    let after: String = chars[i..(i + 12).min(chars.len())].iter().collect::<String>().to_lowercase();
    match chars[i] {
        '\n' | '!' | '?' | ';' | '。' | '|' => Some(1),
        '.' if next.is_whitespace() => Some(1),
        _ => {
            let words = [" but ", " while ", " whereas ", " although ", " though ", " however", " instead,"];
            let word = words.iter().find(|w| after.starts_with(**w)).map(|w| w.len() - 1);
            word.or_else(|| {
                let turns = ["但", "不过", "然而"].iter().find(|w| after.starts_with(**w)).map(|w| w.chars().count());
                let er = after.starts_with('而') && !["而且", "而言", "而已"].iter().any(|w| after.starts_with(w));
                turns.or(er.then_some(1))
            })
        }
    }
}

fn push(out: &mut Vec<Clause>, chars: &[char], end: Option<char>, lexicon: &Lexicon) {
    let text: String = chars.iter().collect();
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return;
    }
    let chars: Vec<char> = trimmed.chars().collect();
    let mut mentions = lexicon.scan(&chars);
    settle(&mut mentions);
    let bullet = trimmed.starts_with(['•', '-', '·']);
    let header = trimmed.ends_with(':');
    out.push(Clause { chars, mentions, question: end == Some('?'), header, bullet });
}

/// "Frame colour: black" is of the frame, though lenses come in black too: an option's name in front of a value that
/// could be of several options settles it.
fn settle(mentions: &mut [Mention]) {
    let mut name: Option<String> = None;
    for mention in mentions {
        match &mut mention.what {
            What::Name(option) => name = Some(option.clone()),
            What::Value(alts) if alts.iter().any(|a| name.as_ref() == Some(&a.option)) => {
                alts.retain(|a| name.as_ref() == Some(&a.option));
            }
            _ => {}
        }
    }
}
