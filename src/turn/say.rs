//! Every sentence that the bot says by itself, in both languages, in one place. Nothing here decides anything; each
//! function words facts that were worked out before.

use crate::catalog::{Offer, Product};
use crate::domain::{Availability, Lang, Money};
use crate::turn::understand::lexicon::Lexicon;

/// How to speak: the language, and a seed by which wordings vary from turn to turn.
#[derive(Clone, Copy)]
pub struct Say<'a> {
    pub lang: Lang,
    pub seed: u64,
    pub lexicon: &'a Lexicon,
}

/// Whether an English title is plural (`Headphones`), for the verb.
fn plural(title: &str) -> bool {
    let last = title.rsplit(' ').next().unwrap_or(title).to_lowercase();
    let last = last.trim_end_matches(|c: char| !c.is_alphanumeric());
    last.ends_with('s') && !last.ends_with("ss") && !last.ends_with("us")
}

impl<'a> Say<'a> {
    pub fn zh(&self) -> bool {
        self.lang == Lang::Zh
    }

    /// One of several wordings.
    pub fn vary<'t>(&self, wordings: &[&'t str]) -> &'t str {
        let at = (self.seed % wordings.len().max(1) as u64) as usize;
        wordings.get(at).copied().unwrap_or_default()
    }

    pub fn either(&self, en: &[&'static str], zh: &[&'static str]) -> &'static str {
        self.vary(if self.zh() { zh } else { en })
    }

    /// The product as a sentence calls it: `the Desk Lamp`, `Norrvale Fjell 2 双人帐篷`.
    pub fn the(&self, product: &Product) -> String {
        let title = product.title_in(self.lang);
        let named =
            product.brand.as_deref().is_some_and(|b| title.starts_with(b)) || title.to_lowercase().starts_with("the ");
        if self.zh() {
            // Latin titles want a space to the Han characters around them.
            title.to_owned()
        } else if named {
            title.to_owned()
        } else {
            format!("the {title}")
        }
    }

    /// A name with what sets it apart from its others, where something does: `the Fjell 2 Tent (green)`.
    pub fn with(&self, name: &str, told: &str) -> String {
        match (told.is_empty(), self.lang) {
            (true, _) => name.to_owned(),
            (false, Lang::En) => format!("{name} ({told})"),
            (false, Lang::Zh) => format!("{name}（{told}）"),
        }
    }

    pub fn capital(&self, text: &str) -> String {
        let mut chars = text.chars();
        chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
    }

    /// `costs` / `cost`, `is` / `are`, `comes` / `come`, after a title.
    pub fn verb(&self, product: &Product, verb: &'static str) -> &'static str {
        match (plural(product.title_in(Lang::En)), verb) {
            (true, "is") => "are",
            (true, "comes") => "come",
            (true, "costs") => "cost",
            (true, "it's") => "they're",
            (true, "it") => "they",
            (true, "has") => "have",
            (true, "doesn't") => "don't",
            _ => verb,
        }
    }

    /// The name of an attribute in the reply's language.
    pub fn attribute(&self, name: &str) -> String {
        if self.zh() {
            self.lexicon.zh_attribute(name).map_or_else(|| name.to_owned(), str::to_owned)
        } else {
            name.to_owned()
        }
    }

    /// A catalog value. Shown as the catalog has it, so that it is exactly the fact.
    pub fn value(&self, value: &str, attribute: &str) -> String {
        let plain = value.chars().all(|c| c.is_ascii_alphabetic() || c == ' ' || c == '-');
        let word = value.len() > 3 || value.eq_ignore_ascii_case("red");
        if self.zh()
            && plain
            && word
            && let Some(zh) = self.lexicon.zh_value(value, attribute)
        {
            return zh.to_owned();
        }
        if value.eq_ignore_ascii_case("none") || value.eq_ignore_ascii_case("no") || value.eq_ignore_ascii_case("yes") {
            let name = self.attribute(attribute);
            let yes = value.eq_ignore_ascii_case("yes");
            return match (self.zh(), yes) {
                (false, true) => name,
                (false, false) if value.eq_ignore_ascii_case("none") => format!("no {name}"),
                (false, false) => format!("not {name}").replace("not water resistance", "not water resistant"),
                (true, true) => self.yes_zh(&name),
                (true, false) => self.no_zh(&name),
            };
        }
        value.to_owned()
    }

    fn yes_zh(&self, name: &str) -> String {
        if name.starts_with('防') { name.trim_end_matches('性').to_owned() } else { format!("有{name}") }
    }

    fn no_zh(&self, name: &str) -> String {
        if name.starts_with('防') { format!("不{}", name.trim_end_matches('性')) } else { format!("无{name}") }
    }

    /// `a, b and c` / `a、b和c`.
    pub fn list(&self, items: &[String]) -> String {
        let (comma, and) = if self.zh() { ("、", "和") } else { (", ", " and ") };
        match items {
            [] => String::new(),
            [one] => one.clone(),
            [first @ .., last] => format!("{}{and}{last}", first.join(comma)),
        }
    }

    /// The options of an offer in a few words: `black, size M, polyester`.
    pub fn version(&self, offer: &Offer<'_>) -> String {
        let Some(options) = offer.options else { return String::new() };
        // `features: none` sets nothing apart that the other versions' features do not.
        let told = |value: &str| options.len() == 1 || !value.eq_ignore_ascii_case("none");
        let parts: Vec<String> =
            options.iter().filter(|(_, value)| told(value)).map(|(name, value)| self.option(name, value)).collect();
        parts.join(if self.zh() { "、" } else { ", " })
    }

    /// One option value, with the option's name where the value alone would not say what it is.
    pub fn option(&self, name: &str, value: &str) -> String {
        let shown = self.value(value, name);
        let bare = shown.chars().count() <= 3
            || value.chars().all(|c| c.is_ascii_digit())
            || LEVELS.contains(&value.to_lowercase().as_str());
        let told = shown.to_lowercase().contains(&name.to_lowercase());
        let colour = ["color", "colour", "material", "style", "type"].contains(&name.to_lowercase().as_str());
        let yes_no = ["yes", "no", "none"].iter().any(|w| value.eq_ignore_ascii_case(w));
        if yes_no || told || !bare && !qualified(name) || colour && !LEVELS.contains(&value.to_lowercase().as_str()) {
            return shown;
        }
        let label = self.attribute(name);
        match (self.zh(), name.to_lowercase().contains("size") && bare) {
            (true, _) => format!("{label}{}{shown}", if shown.is_ascii() { " " } else { "" }),
            (false, true) => format!("{label} {shown}"),
            (false, false) => format!("{shown} {label}"),
        }
    }

    /// A category in the reply's language, as the catalog has it where the lexicon knows no other word.
    pub fn category(&self, name: &str) -> String {
        let zh =
            self.zh().then(|| self.lexicon.concepts_of(&crate::text::tokens::key(name)).first().copied()).flatten();
        let named = zh.and_then(|id| self.lexicon.concepts.get(id)).map(|c| c.zh.clone()).filter(|z| !z.is_empty());
        named.unwrap_or_else(|| name.to_owned())
    }

    pub fn stock_word(&self, state: Option<Availability>) -> &'static str {
        let (en, zh) = match state {
            Some(Availability::InStock) => ("in stock", "有货"),
            Some(Availability::OutOfStock) => ("out of stock", "缺货"),
            Some(Availability::Preorder) => ("on pre-order", "可预订"),
            Some(Availability::Backorder) => ("on back-order", "缺货，可预约补货"),
            Some(Availability::Discontinued) => ("discontinued", "已停产"),
            None => ("stock not listed", "库存未标注"),
        };
        if self.zh() { zh } else { en }
    }

    /// `$46.66`, or `$46.66–$54.84`.
    pub fn range(&self, low: Money, high: Money) -> String {
        if low == high { low.to_string() } else { format!("{low}–{high}") }
    }

    /// Two sentences, one after the other.
    pub fn join(&self, first: &str, second: &str) -> String {
        tidy(format!("{first}{}{second}", if self.zh() { "" } else { " " }))
    }

    /// `English` or `中文`, formatted by the caller.
    pub fn pick(&self, en: String, zh: String) -> String {
        tidy(if self.zh() { zh } else { en })
    }
}

/// Words that mean nothing without the name of what they grade.
const LEVELS: &[&str] =
    &["high", "medium", "low", "light", "dark", "standard", "fixed", "adjustable", "basic", "professional", "none"];

/// Options whose values need their name (`lens color`, `dial color`).
fn qualified(name: &str) -> bool {
    let name = name.to_lowercase();
    ["lens", "frame", "dial", "band", "strap", "deck", "sole", "screen"].iter().any(|w| name.starts_with(w))
}

/// A space between Han and Latin, single spaces, no space before Chinese punctuation.
pub fn tidy(text: String) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut before: Option<char> = None;
    for c in text.chars() {
        if let Some(b) = before {
            let han = crate::text::is_han;
            let latin = |c: char| c.is_ascii_alphanumeric() || matches!(c, '$' | '%');
            if (han(b) && latin(c) || latin(b) && han(c)) && b != ' ' {
                out.push(' ');
            }
            if b == ' ' && (c == ' ' || "，。！？、；：".contains(c)) {
                if c == ' ' {
                    continue;
                }
                out.pop();
            }
        }
        out.push(c);
        before = Some(c);
    }
    out.trim().to_owned()
}
