//! Falsifies right replies, one small change at a time, without asking the guard what a claim is. A change that leaves
//! the reply true (two equal prices swapped) is no mutation.

use std::ops::Range;

use floorwalker::catalog::Product;
use floorwalker::domain::{Lang, Value};

use super::Case;

/// xorshift64*: the same mutations on every machine.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % n.max(1)
    }

    pub fn pick<'t, T>(&mut self, all: &'t [T]) -> Option<&'t T> {
        all.get(self.below(all.len()))
    }
}

pub struct Mutation {
    pub kind: &'static str,
    pub text: String,
    /// Whether the change lies in the prose, which a model words, rather than in the list or the closing sentence.
    pub in_prose: bool,
}

/// Mutations of one kind per part.
const EACH_MAX: usize = 3;

struct Maker<'a> {
    case: &'a Case,
    text: String,
    /// Where the prose ends.
    prose: usize,
    random: Random,
    made: Vec<Mutation>,
}

/// Falsified versions of a part's rendering. `other`: the same answer in the other language.
pub fn mutations(case: &Case, products: &[Product], other: Option<&str>, seed: u64) -> Vec<Mutation> {
    falsified(case, &case.part.prose, products, other, seed)
}

/// Falsified versions of a part with its prose in other words.
pub fn falsified(case: &Case, prose: &str, products: &[Product], other: Option<&str>, seed: u64) -> Vec<Mutation> {
    let text = case.part.with_prose(prose);
    let mut maker = Maker { case, text, prose: prose.len(), random: Random::new(seed + 1), made: Vec::new() };
    maker.digits();
    maker.swapped_amounts();
    maker.replaced("unit", UNITS, true);
    maker.replaced("stock state", STOCK, false);
    maker.replaced("negation dropped", UNDENIED, false);
    maker.replaced("negation added", DENIED, false);
    maker.replaced("yes for no", ASSENT, false);
    maker.replaced("currency", CURRENCY, false);
    maker.replaced("degree", DEGREES, false);
    maker.replaced("extent", EXTENTS, false);
    maker.replaced("bound", BOUNDS, false);
    maker.replaced("second person", PERSONS, false);
    maker.dropped();
    maker.values(products);
    maker.names(products);
    maker.added();
    if let Some(text) = other.filter(|t| *t != maker.text) {
        maker.note("other language", text.to_owned(), 0);
    }
    maker.made
}

const UNITS: &[(&str, &str)] = &[
    (" kg", " g"),
    (" g,", " kg,"),
    (" g.", " kg."),
    (" cm", " mm"),
    (" mm", " cm"),
    (" h", " min"),
    (" L", " ml"),
    (" ml", " L"),
    (" W", " kW"),
    (" lm", " W"),
    (" GB", " TB"),
    ("working days", "days"),
    ("working days", "hours"),
    (" years", " months"),
    (" months", " years"),
    (" days", " weeks"),
    (" inches", " cm"),
    ("公斤", "克"),
    ("克", "公斤"),
    ("个工作日", "天"),
    ("个工作日", "小时"),
    (" 年", " 个月"),
    ("个月", "年"),
    (" 天", " 周"),
    ("小时", "分钟"),
    ("厘米", "毫米"),
    ("毫米", "厘米"),
    ("升", "毫升"),
    (" people", " cm"),
    (" m", " cm"),
    ("%", " kg"),
    ("流明", "瓦"),
];

const STOCK: &[(&str, &str)] = &[
    ("in stock", "out of stock"),
    ("in stock", "sold out"),
    ("in stock", "on pre-order"),
    ("in stock", "discontinued"),
    ("out of stock", "in stock"),
    ("out of stock", "available"),
    ("out of stock", "on back-order"),
    ("on pre-order", "in stock"),
    ("on pre-order", "discontinued"),
    ("on back-order", "in stock"),
    ("on back-order", "discontinued"),
    ("discontinued", "in stock"),
    ("discontinued", "on back-order"),
    ("有货", "缺货"),
    ("有货", "可预订"),
    ("有货", "已停产"),
    ("有货", "没有货"),
    ("缺货", "有货"),
    ("缺货", "有现货"),
    ("可预订", "有货"),
    ("可预订", "缺货"),
    ("可以预订", "有货"),
    ("已停产", "有货"),
    ("已停产", "可预订"),
    ("没有现货", "有现货"),
    ("可预约补货", "有货"),
    ("停产", "有货"),
    ("预约补货", "有现货"),
];

const UNDENIED: &[(&str, &str)] = &[
    ("isn't", "is"),
    ("aren't", "are"),
    ("don't", "do"),
    ("doesn't list", "lists"),
    ("doesn't", "does"),
    ("can't", "can"),
    ("couldn't find", "found"),
    ("cannot", "can"),
    (" not ", " "),
    (" no ", " "),
    ("No, ", ""),
    ("没有", "有"),
    ("不能", "能"),
    ("不是", "是"),
    ("未标注", "标注"),
    ("没", ""),
    ("不支持", "支持"),
    ("不提供", "提供"),
    ("不卖", "卖"),
    ("不可", "可"),
    ("没有标", "标"),
    ("未", ""),
    ("无", "有"),
    ("not", "indeed"),
    ("没找到", "找到"),
];

const DENIED: &[(&str, &str)] = &[
    (" is ", " is not "),
    (" is ", " isn't "),
    (" are ", " are not "),
    (" costs ", " never costs "),
    (" cost ", " don't cost "),
    (" have ", " don't have "),
    (" comes in ", " doesn't come in "),
    (" come in ", " don't come in "),
    (" can ", " can't "),
    (" weigh", " doesn't weigh"),
    ("售价", "售价不是"),
    ("是", "不是"),
    ("有货", "没有货"),
    ("可以", "不可以"),
    ("我们有", "我们没有"),
    ("共有", "没有"),
    ("颜色有", "颜色没有"),
    ("尺码有", "尺码没有"),
    ("会", "不会"),
    (" will ", " will not "),
    (" has been ", " has not been "),
    ("已", "未"),
];

const ASSENT: &[(&str, &str)] = &[
    ("Yes, ", "No, "),
    ("No, ", "Yes, "),
    ("是的，", "不是，"),
    ("有的，", "没有，"),
    ("不是，", "是的，"),
    ("没有，", "有的，"),
    ("Sorry, ", "Yes, "),
    ("抱歉，", "有的，"),
];

const CURRENCY: &[(&str, &str)] =
    &[("$", "€"), ("$", "¥"), ("$", "£"), ("$", "CHF "), ("美元", "元"), ("美元", "欧元"), ("美元", "人民币")];

const DEGREES: &[(&str, &str)] = &[
    ("cheapest", "most expensive"),
    ("most expensive", "cheapest"),
    ("cheaper", "more expensive"),
    ("lightest", "heaviest"),
    ("heaviest", "lightest"),
    ("largest", "smallest"),
    ("smallest", "largest"),
    ("longest", "shortest"),
    (" less", " more"),
    ("highest", "lowest"),
    ("lowest", "highest"),
    ("the same", "less"),
    ("lower", "higher"),
    ("最便宜", "最贵"),
    ("最贵", "最便宜"),
    ("更便宜", "更贵"),
    ("最轻", "最重"),
    ("最重", "最轻"),
    ("最大", "最小"),
    ("最小", "最大"),
    ("最高", "最低"),
    ("最低", "最高"),
    ("最长", "最短"),
    ("便宜", "贵"),
    ("都一样", "不一样"),
    ("更低", "更高"),
];

const EXTENTS: &[(&str, &str)] = &[
    ("all ", "some "),
    ("All ", "Some "),
    ("both ", "some "),
    ("some ", "all "),
    ("only ", "all "),
    ("都", "部分"),
    ("都", ""),
    ("部分", "全部"),
    ("只", "都"),
    ("in all", "in some"),
];

const BOUNDS: &[(&str, &str)] = &[
    ("or less", "or more"),
    ("or more", "or less"),
    ("at least", "at most"),
    ("at most", "at least"),
    ("up to", "over"),
    ("over", "under"),
    ("以内", "以上"),
    ("以上", "以内"),
    ("不超过", "超过"),
    ("不低于", "低于"),
    ("from $", "$"),
    ("起价", "价格"),
    (" or less", ""),
    ("以内", ""),
    ("至少", "最多"),
    ("under", "over"),
];

const PERSONS: &[(&str, &str)] = &[
    ("We ", "You "),
    ("we ", "you "),
    ("I ", "You "),
    (" I ", " you "),
    ("I'm", "You're"),
    ("we're", "you're"),
    ("our ", "your "),
    ("Our ", "Your "),
    ("my ", "your "),
    ("我们", "您"),
    ("我们", "你们"),
    ("我", "您"),
    ("本店", "您店"),
    ("we've", "you've"),
    ("I'd", "You'd"),
    ("I'll", "You'll"),
    ("我这就", "您这就"),
];

const ADDED_EN: &[&str] = &[
    "discounted",
    "on sale",
    "waterproof",
    "free shipping",
    "best-selling",
    "two-year guarantee",
    "handmade",
    "vegan",
    "limited edition",
    "ships today",
    "we'll match any price",
    "half price",
    "award-winning",
    "organic",
    "second-hand",
    "refurbished",
    "free of charge",
    "lifetime warranty",
    "gift wrapped",
    "our bestseller",
    "eco-friendly",
    "genuine leather",
    "today only",
    "last one",
    "while stocks last",
    "it will arrive tomorrow",
    "you get 10% off",
    "no questions asked",
    "dishwasher safe",
    "made in Italy",
    "the best on the market",
    "guaranteed",
    "very popular",
];

const ADDED_ZH: &[&str] = &[
    "打折",
    "包邮",
    "防水",
    "终身保修",
    "热销",
    "真皮",
    "限时",
    "今天发货",
    "全网最低",
    "免费送货",
    "手工制作",
    "买一送一",
    "正品保证",
    "七天无理由退货",
    "即将涨价",
    "明天就到",
    "纯天然",
    "环保材料",
    "销量第一",
    "限量版",
    "赠送礼品",
    "半价",
    "非常耐用",
    "性价比很高",
    "意大利进口",
    "可机洗",
    "二手",
    "优惠券",
    "支持分期",
];

impl Maker<'_> {
    fn note(&mut self, kind: &'static str, text: String, at: usize) {
        let sorted = |text: &str| {
            let mut lines: Vec<String> = text.lines().map(|l| l.trim().to_owned()).collect();
            lines.sort();
            lines
        };
        // The same lines in another order say the same.
        if sorted(&text) == sorted(&self.text) || self.made.iter().any(|m| m.text == text) {
            return;
        }
        self.made.push(Mutation { kind, text, in_prose: at < self.prose });
    }

    fn with(&self, range: Range<usize>, new: &str) -> String {
        format!("{}{new}{}", &self.text[..range.start], &self.text[range.end..])
    }

    /// Where subjects are named: digits and words in there belong to the name.
    fn named(&self, at: usize) -> bool {
        let names = self.case.part.subjects.iter().flat_map(|s| &s.names);
        names.flat_map(|n| self.text.match_indices(n.as_str()).map(|(s, m)| s..s + m.len())).any(|r| r.contains(&at))
    }

    fn amounts(&self) -> Vec<Range<usize>> {
        let number = |s: &str| s.find(|c: char| !(c.is_ascii_digit() || ",.".contains(c))).unwrap_or(s.len());
        let signs = self.text.match_indices('$');
        signs
            .map(|(at, _)| at + 1..at + 1 + number(&self.text[at + 1..]))
            .map(|r| r.start..r.start + self.text[r].trim_end_matches(['.', ',']).len())
            .collect()
    }

    fn digits(&mut self) {
        let amounts = self.amounts();
        let all: Vec<usize> = self.text.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(at, _)| at).collect();
        for money in [true, false] {
            let inside = |at: &usize| amounts.iter().any(|r| r.contains(at)) == money && !self.named(*at);
            let mut places: Vec<usize> = all.iter().copied().filter(inside).collect();
            for _ in 0..EACH_MAX.min(places.len()) {
                let at = places.swap_remove(self.random.below(places.len()));
                let old = self.text.as_bytes()[at] - b'0';
                let new = (old + 1 + self.random.below(9) as u8) % 10;
                let counts = ["version", "product", "个款式", "款", "种", " of ", "个有货", " 个", "lamps", "tents"];
                let counted = counts.iter().any(|c| self.text[at + 1..].trim_start().starts_with(c.trim_start()));
                let kind = if money {
                    "digit of an amount"
                } else if counted {
                    "count"
                } else {
                    "digit of a number"
                };
                let text = self.with(at..at + 1, &new.to_string());
                self.note(kind, text, at);
            }
        }
    }

    fn swapped_amounts(&mut self) {
        let amounts = self.amounts();
        for _ in 0..EACH_MAX {
            let (Some(a), Some(b)) = (self.random.pick(&amounts).cloned(), self.random.pick(&amounts).cloned()) else {
                return;
            };
            let (a, b) = if a.start < b.start { (a, b) } else { (b, a) };
            let (one, two) = (self.text[a.clone()].to_owned(), self.text[b.clone()].to_owned());
            if a == b || one == two {
                continue;
            }
            let text =
                format!("{}{two}{}{one}{}", &self.text[..a.start], &self.text[a.end..b.start], &self.text[b.end..]);
            self.note("prices swapped", text, a.start);
        }
    }

    fn replaced(&mut self, kind: &'static str, table: &[(&str, &str)], measured: bool) {
        let mut hits: Vec<(Range<usize>, &str)> = Vec::new();
        for (from, to) in table {
            for (at, _) in self.text.match_indices(from) {
                let range = at..at + from.len();
                if self.fits(kind, from, &range, measured) {
                    hits.push((range, to));
                }
            }
        }
        for _ in 0..EACH_MAX.min(hits.len()) {
            let (range, to) = hits.swap_remove(self.random.below(hits.len()));
            let text = self.with(range.clone(), to);
            self.note(kind, text, range.start);
        }
    }

    /// Whether the replacement would falsify anything here.
    fn fits(&self, kind: &str, from: &str, range: &Range<usize>, measured: bool) -> bool {
        let (before, after) = (&self.text[..range.start], &self.text[range.end..]);
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let edge = |s: &str| s.chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric());
        if edge(from) && latin(after.chars().next()) || latin(from.chars().next()) && latin(before.chars().next_back())
        {
            return false;
        }
        if self.named(range.start) || measured && !before.trim_end().ends_with(|c: char| c.is_numeric()) {
            return false;
        }
        let around = |words: &[&str]| {
            words.iter().any(|w| {
                self.text
                    .match_indices(w)
                    .any(|(s, _)| s < range.end && range.start < s + w.len() && w.len() > from.len())
            })
        };
        match kind {
            // 不好意思 without its 不 is no falsehood but no Chinese either; a 没 inside 没有 is another entry's.
            "negation dropped" => !around(&[
                "不好意思",
                "不客气",
                "不用谢",
                "不过",
                "没有",
                "未标注",
                "没找到",
                "没太明白",
                "没听懂",
                "无法",
            ]),
            // 有的是, 是否, 还是, 但是: not statements that a 不 would deny.
            "negation added" => {
                !around(&[
                    "是的",
                    "是否",
                    "还是",
                    "但是",
                    "不是",
                    "指的是",
                    "没有货",
                    "都是",
                    "总是",
                    "是哪",
                    "是哪件",
                    "没有",
                    "可以问",
                    "可以再",
                ]) && !after.starts_with('哪')
                    && !self.asked(range.start)
            }
            "second person" => !around(&["我们"]) || from == "我们",
            "yes for no" => range.start == 0,
            "extent" => !around(&["都不", "都可以"]) && !self.asked(range.start),
            _ => true,
        }
    }

    /// Whether a place lies in a question.
    fn asked(&self, at: usize) -> bool {
        let end = self.text[at..].find(['.', '。', '?', '？', '!', '！', '\n']).map(|e| at + e);
        end.is_some_and(|e| self.text[e..].starts_with(['?', '？']))
    }

    fn dropped(&mut self) {
        let mut ranges: Vec<Range<usize>> = self.amounts().into_iter().map(|r| r.start - 1..r.end).collect();
        for phrase in [
            "in stock",
            "out of stock",
            "discontinued",
            "on pre-order",
            "on back-order",
            "有货",
            "缺货",
            "可预订",
            "已停产",
        ] {
            ranges.extend(self.text.match_indices(phrase).map(|(at, _)| at..at + phrase.len()));
        }
        let mut at = 0;
        for line in self.text.split_inclusive('\n') {
            if line.starts_with('•') {
                ranges.push(at..at + line.len());
            }
            at += line.len();
        }
        ranges.retain(|r| !self.named(r.start));
        for _ in 0..EACH_MAX.min(ranges.len()) {
            let range = ranges.swap_remove(self.random.below(ranges.len()));
            let text = self.with(range.clone(), "");
            self.note("claim dropped", text, range.start);
        }
    }

    fn values(&mut self, products: &[Product]) {
        let lang = self.case.language;
        for fact in self.case.part.facts.clone() {
            let (Value::Text(value), Some(axis)) = (&fact.value, fact.attribute.strip_prefix("option:")) else {
                continue;
            };
            let others: Vec<String> = products
                .iter()
                .flat_map(|p| p.option_values(axis).into_iter().map(str::to_owned))
                .filter(|o| o != value && !o.contains(value.as_str()) && !value.contains(o.as_str()))
                .collect();
            let places: Vec<usize> = self
                .text
                .match_indices(value.as_str())
                .map(|(at, _)| at)
                .filter(|at| !self.named(*at) && self.word_at(*at, value.len()))
                .collect();
            let (Some(other), Some(at)) = (self.random.pick(&others), self.random.pick(&places)) else { continue };
            let text = self.with(*at..at + value.len(), other);
            if self.made.iter().filter(|m| m.kind == "value").count() < EACH_MAX {
                self.note("value", text, *at);
            }
        }
        if lang == Lang::Zh {
            let colours = [
                "黑色",
                "白色",
                "绿色",
                "红色",
                "沙色",
                "灰色",
                "藏青",
                "橙色",
                "铁锈红",
                "奶油色",
                "黄铜",
                "天然橡胶",
            ];
            for colour in colours {
                let places: Vec<usize> =
                    self.text.match_indices(colour).map(|(at, _)| at).filter(|at| !self.named(*at)).collect();
                let Some(at) = self.random.pick(&places).copied() else { continue };
                let other =
                    colours.iter().copied().filter(|c| *c != colour).nth(self.random.below(11)).unwrap_or("黑色");
                let text = self.with(at..at + colour.len(), other);
                self.note("value", text, at);
            }
        }
    }

    fn word_at(&self, at: usize, len: usize) -> bool {
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        !latin(self.text[..at].chars().next_back()) && !latin(self.text[at + len..].chars().next())
    }

    fn names(&mut self, products: &[Product]) {
        let mut places: Vec<(Range<usize>, &str)> = Vec::new();
        for subject in &self.case.part.subjects {
            for name in &subject.names {
                places.extend(
                    self.text.match_indices(name.as_str()).map(|(at, n)| (at..at + n.len(), subject.id.as_str())),
                );
            }
        }
        places.sort_by_key(|p| p.0.start);
        places.dedup_by_key(|p| p.0.start);
        for _ in 0..EACH_MAX.min(places.len()) {
            let (range, _) = places[self.random.below(places.len())].clone();
            let old = self.text[range.clone()].to_owned();
            let Some(other) = self.random.pick(products) else { continue };
            let title = other.title_in(self.case.language);
            if title != old {
                let text = self.with(range.clone(), title);
                self.note("another product's name", text, range.start);
                let text = self.text.replace(&old, title);
                self.note("another product's name", text, range.start);
            }
        }
        let same = ["the same", "一样"].iter().any(|s| self.case.part.prose.contains(s));
        for pair in places.windows(2).filter(|_| !same).take(EACH_MAX) {
            let [(a, _), (b, _)] = pair else { continue };
            let (one, two) = (self.text[a.clone()].to_owned(), self.text[b.clone()].to_owned());
            if one != two && a.end <= b.start {
                let text =
                    format!("{}{two}{}{one}{}", &self.text[..a.start], &self.text[a.end..b.start], &self.text[b.end..]);
                self.note("names swapped", text, a.start);
            }
        }
    }

    fn added(&mut self) {
        let list = if self.case.language == Lang::Zh { ADDED_ZH } else { ADDED_EN };
        let mut evidence = self.text.to_lowercase();
        for name in self.case.part.subjects.iter().flat_map(|s| &s.names) {
            evidence.push_str(&name.to_lowercase());
        }
        let prose = self.prose;
        for turn in 0..6 {
            let Some(words) = self.random.pick(list).filter(|w| !evidence.contains(&w.to_lowercase())) else {
                continue;
            };
            let zh = self.case.language == Lang::Zh;
            let stop = if zh { "。" } else { "." };
            let sentence = if zh { format!("{words}{stop}") } else { format!("{}{stop}", capital(words)) };
            let (text, at) = match turn % 3 {
                0 => (format!("{} {sentence}", self.text), self.text.len()),
                1 => (format!("{} {sentence}{}", &self.text[..prose], &self.text[prose..]), 0),
                _ => {
                    let Some(at) = self.text[..prose].rfind([' ', '，']) else { continue };
                    (format!("{} {words}{}", &self.text[..at], &self.text[at..]), 0)
                }
            };
            self.note("claim added", text, at);
        }
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
