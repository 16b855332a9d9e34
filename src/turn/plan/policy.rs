//! Answers from the shop's own policies: the section that speaks of the question, cut to the sentences that do.

use super::{Desk, fact};
use crate::catalog::policies::Section;
use crate::domain::{Lang, Part, PlanKind, Value};
use crate::retrieval::lexical;
use crate::turn::understand::{Ask, Clause, Reading};

/// A section shorter than this is quoted whole.
const QUOTED_CHARS_MAX: usize = 220;

/// What everyday words mean in the language of policies, so that `how long does it take` finds working days.
const MEANT: &[(&str, &str)] = &[
    ("how long does it take", "working days delivery"),
    ("how long do", "within days"),
    ("how long will", "working days"),
    ("how long", "within days working"),
    ("how fast", "working days delivery express"),
    ("arrive", "working days delivery"),
    ("get here", "working days delivery"),
    ("postage", "shipping standard"),
    ("shipping cost", "standard delivery united states"),
    ("shipping fee", "standard delivery united states"),
    ("ship for free", "free shipping orders"),
    ("free shipping", "free standard shipping orders or more"),
    ("free delivery", "free standard shipping orders or more"),
    ("australia", "not ship to other countries at the moment"),
    ("japan", "not ship to other countries at the moment"),
    ("india", "not ship to other countries at the moment"),
    ("china", "not ship to other countries at the moment"),
    ("brazil", "not ship to other countries at the moment"),
    ("mexico", "not ship to other countries at the moment"),
    ("korea", "not ship to other countries at the moment"),
    ("singapore", "not ship to other countries at the moment"),
    ("norway", "not ship to other countries at the moment"),
    ("switzerland", "not ship to other countries at the moment"),
    ("russia", "not ship to other countries at the moment"),
    ("turkey", "not ship to other countries at the moment"),
    ("new zealand", "not ship to other countries at the moment"),
    ("mars", "not ship to other countries at the moment"),
    ("the moon", "not ship to other countries at the moment"),
    ("south africa", "not ship to other countries at the moment"),
    ("israel", "not ship to other countries at the moment"),
    ("sydney", "not ship to other countries at the moment"),
    ("tokyo", "not ship to other countries at the moment"),
    ("澳大利亚", "不配送到其他国家 目前不 其他国家"),
    ("澳洲", "不配送到其他国家 目前不 其他国家"),
    ("日本", "不配送到其他国家 目前不 其他国家"),
    ("印度", "不配送到其他国家 目前不 其他国家"),
    ("中国", "不配送到其他国家 目前不 其他国家"),
    ("巴西", "不配送到其他国家 目前不 其他国家"),
    ("墨西哥", "不配送到其他国家 目前不 其他国家"),
    ("韩国", "不配送到其他国家 目前不 其他国家"),
    ("新加坡", "不配送到其他国家 目前不 其他国家"),
    ("挪威", "不配送到其他国家 目前不 其他国家"),
    ("瑞士", "不配送到其他国家 目前不 其他国家"),
    ("俄罗斯", "不配送到其他国家 目前不 其他国家"),
    ("土耳其", "不配送到其他国家 目前不 其他国家"),
    ("新西兰", "不配送到其他国家 目前不 其他国家"),
    ("火星", "不配送到其他国家 目前不 其他国家"),
    ("月球", "不配送到其他国家 目前不 其他国家"),
    ("香港", "不配送到其他国家 目前不 其他国家"),
    ("台湾", "不配送到其他国家 目前不 其他国家"),
    ("悉尼", "不配送到其他国家 目前不 其他国家"),
    ("东京", "不配送到其他国家 目前不 其他国家"),
    ("bitcoin", "do not accept payment"),
    ("crypto", "do not accept payment"),
    ("比特币", "不接受 支付方式"),
    ("by phone", "call support hours"),
    ("reach someone", "call support hours"),
    ("reach somebody", "call support hours"),
    ("call you", "call support hours"),
    ("电话", "服务时间 致电"),
    ("abroad", "other countries ship"),
    ("international", "other countries ship"),
    ("overseas", "other countries ship"),
    ("europe", "european union countries"),
    ("germany", "european union countries"),
    ("france", "european union countries"),
    ("spain", "european union countries"),
    ("uk", "united kingdom"),
    ("england", "united kingdom"),
    ("london", "united kingdom"),
    ("money back", "refund original payment method"),
    ("refund", "refund original payment method working days"),
    ("send back", "send return label"),
    ("send it back", "send return label"),
    ("too small", "exchange another size"),
    ("another size", "exchange another size"),
    ("swap", "exchange another size"),
    ("broke", "faulty damaged warranty"),
    ("broken", "faulty damaged"),
    ("defect", "faulty damaged warranty"),
    ("guarantee", "warranty years"),
    ("open", "opening hours"),
    ("close", "opening hours"),
    ("weekend", "saturday sunday opening hours"),
    ("card", "cards visa payment"),
    ("my data", "personal data"),
    ("delete", "data deleted"),
    ("start a return", "send something back return label"),
    ("how do i return", "send something back return label"),
    ("how can i return", "send something back return label"),
    ("to return something", "return within days of delivery"),
    ("cost to return", "return costs refund label"),
    ("cost to send", "return costs refund label"),
    ("pay for return", "return costs refund label"),
    ("return free", "returns free refund label"),
    ("in the us", "delivery in the united states standard"),
    ("heavy", "large heavy items surcharge"),
    ("physical store", "online shop stores visit"),
    ("a store", "online shop stores visit"),
    ("sell my", "not sell data"),
    ("卖我的", "不出售数据"),
    ("实体店", "实体店 网店 门店"),
    ("扣钱", "何时扣款"),
    ("扣款", "何时扣款"),
    ("什么快递", "承运 Northway Parcel 运单号"),
    ("哪家快递", "承运 Northway Parcel 运单号"),
    ("发货", "发出 工作日"),
    ("时候发", "发出 下一个工作日 下午"),
    ("上班", "客户服务 上午 下午"),
    ("tax", "taxes duties included prices"),
    ("customs", "import duties taxes recipient"),
    ("多久", "工作日"),
    ("几天", "工作日"),
    ("什么时候到", "工作日 配送"),
    ("邮费", "运费 标准配送"),
    ("运费", "标准配送 美国境内"),
    ("包邮", "免标准运费 满"),
    ("免邮", "免标准运费 满"),
    ("海外", "其他国家"),
    ("国外", "其他国家"),
    ("国际", "其他国家"),
    ("欧洲", "欧盟国家"),
    ("德国", "欧盟国家"),
    ("法国", "欧盟国家"),
    ("英国", "英国"),
    ("退钱", "退款 原支付方式"),
    ("退款", "退款 原支付方式 工作日"),
    ("怎么退", "寄回 退货面单"),
    ("退货", "天内可退货"),
    ("换货", "换货 尺码"),
    ("换一个", "换货 尺码"),
    ("大小不合适", "换货 尺码"),
    ("坏了", "质量问题 损坏"),
    ("破损", "损坏 发错"),
    ("保修", "保修 年"),
    ("质保", "保修 年"),
    ("几点", "营业时间"),
    ("周末", "周六 周日 营业"),
    ("怎么付", "支付方式"),
    ("付款", "支付方式"),
    ("信用卡", "支付方式 银行卡"),
    ("个人信息", "个人数据 隐私"),
];

/// A section has to hold this share of what the question's words tell, to be taken without a cue or a guess.
const SHARE_MIN: f32 = 0.55;
/// With a guess of the classifier, this share is enough.
const GUESSED_SHARE_MIN: f32 = 0.30;

/// The answer where the clause asks for a policy: by a cue, by the classifier's guess, or because a section speaks of
/// just these words.
/// `before` is the question that this one goes on from, or empty.
pub fn answers(reading: &Reading, clause: &Clause, by_name: bool, before: &str, desk: &Desk<'_>) -> Vec<Part> {
    let topics: Vec<&str> = clause
        .asks
        .iter()
        .filter_map(|a| if let Ask::Policy(topic) = a { Some(topic.as_str()) } else { None })
        .collect();
    // Two topics in two breaths are two questions; else the words decide between them.
    if let ([first, second, ..], true) = (topics.as_slice(), clause.asks_apart) {
        let mut parts: Vec<Part> = [first, second]
            .into_iter()
            .filter_map(|t| answer(reading, clause, by_name, before, Some(t), desk))
            .collect();
        parts.dedup();
        return parts;
    }
    answer(reading, clause, by_name, before, topics.first().copied(), desk).into_iter().collect()
}

fn answer(
    reading: &Reading,
    clause: &Clause,
    by_name: bool,
    before: &str,
    topic: Option<&str>,
    desk: &Desk<'_>,
) -> Option<Part> {
    let guessed = reading.guesses.iter().find(|g| g.label == "policy").map_or(0.0, |g| g.probability);
    let lang = desk.lang();
    let sections: Vec<&Section> = desk.shop.policies.iter().filter(|s| s.language == lang).collect();
    let sections = if sections.is_empty() { desk.shop.policies.iter().collect() } else { sections };
    if sections.is_empty() {
        return topic.map(|t| not_stated(t, desk));
    }
    let talk = clause
        .asks
        .iter()
        .any(|a| matches!(a, Ask::Bot | Ask::Greeting | Ask::Thanks | Ask::Bye | Ask::Human | Ask::Recommend));
    if topic.is_none() && (by_name || talk || clause.order.is_some() || clause.contact.is_some()) {
        return None;
    }
    let asked = Query::of(&format!("{before} {}", reading.parsed.words(&clause.tokens)));
    let bound = clause.asks_apart && topic.is_some();
    let mut scored: Vec<(f32, &Section)> = sections
        .iter()
        .filter(|s| !bound || topic == Some(s.topic.as_str()))
        .map(|s| (asked.score(s, topic, desk), *s))
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (score, best) = *scored.first()?;
    let share = score / asked.total(desk).max(0.1);
    let taken = match topic {
        Some(_) => score > 0.0,
        None if !before.is_empty() => share > GUESSED_SHARE_MIN,
        None if guessed > 0.4 => share > GUESSED_SHARE_MIN,
        None => {
            share > SHARE_MIN
                && clause.mentions.iter().all(|m| m.products.is_empty())
                && (guessed > 0.08 || share > 0.8)
        }
    };
    taken.then(|| quote(best, &asked, desk))
}

/// The words of a question, and the words that policies have for them.
struct Query {
    said: Vec<String>,
    /// Whether it asks what something costs.
    costs: bool,
    meant: Vec<String>,
}

impl Query {
    fn of(text: &str) -> Query {
        let unique = |text: &str| {
            let mut all: Vec<String> = Vec::new();
            for term in lexical::terms(text) {
                if !all.contains(&term) {
                    all.push(term);
                }
            }
            all
        };
        let said = unique(text);
        let meant: Vec<&str> = MEANT.iter().filter(|(s, _)| text.contains(s)).map(|(_, m)| *m).collect();
        let meant = unique(&meant.join(" ")).into_iter().filter(|t| !said.contains(t)).collect();
        let costs =
            ["cost", "how much", "pay", "free", "fee", "charge", "price", "多少钱", "免费", "费用", "运费", "收费"]
                .iter()
                .any(|w| text.contains(w));
        Query { said, meant, costs }
    }

    /// Terms with their weight: what was said counts whole, what it may mean half.
    fn weighted<'q>(&'q self, desk: &'q Desk<'_>) -> impl Iterator<Item = (&'q String, f32)> {
        let rarity = |t: &String| desk.policy_index.rarity(t);
        let said = self.said.iter().map(move |t| (t, rarity(t)));
        said.chain(self.meant.iter().map(move |t| (t, rarity(t) * 0.5)))
    }

    /// What a section could score at most, words that no policy knows aside.
    fn total(&self, desk: &Desk<'_>) -> f32 {
        self.said.iter().map(|t| desk.policy_index.rarity(t).min(4.0)).sum()
    }

    fn score(&self, section: &Section, topic: Option<&str>, desk: &Desk<'_>) -> f32 {
        let heading = lexical::terms(&format!("{} {}", section.heading, section.title));
        let body = lexical::terms(&section.text);
        let mut score = 0.0;
        // A question for a cost is answered by a section that names one.
        if self.costs && section.text.contains(['$', '元', '免'])
            || self.costs && section.text.to_lowercase().contains("free")
        {
            score += 1.2;
        }
        for (term, weight) in self.weighted(desk) {
            if heading.contains(term) {
                score += weight * 0.9;
            }
            if body.contains(term) {
                score += weight;
            }
        }
        // The first section of a topic says the most usual case.
        if topic == Some(section.topic.as_str()) { score * 1.1 + 0.6 - 0.05 * section.position as f32 } else { score }
    }

    fn weight(&self, text: &str, desk: &Desk<'_>) -> f32 {
        let own = lexical::terms(text);
        self.weighted(desk).filter(|(t, _)| own.contains(t)).map(|(_, w)| w).sum()
    }
}

fn quote(section: &Section, asked: &Query, desk: &Desk<'_>) -> Part {
    let mut part = desk.part(PlanKind::Policy, &[]);
    let source = section.source();
    fact(&mut part, &source, "text", Value::Text(section.text.clone()));
    fact(&mut part, &source, "heading", Value::Text(section.heading.clone()));
    let (items, prose): (Vec<&str>, Vec<&str>) = section.text.lines().partition(|l| l.starts_with("- "));
    let sentences: Vec<&str> = prose.iter().flat_map(|p| sentences(p)).collect();
    let long = section.text.chars().count() > if desk.say.zh() { QUOTED_CHARS_MAX / 2 } else { QUOTED_CHARS_MAX };
    let weight = |text: &str| asked.weight(text, desk);
    let told = items.iter().copied().map(weight).fold(0.0, f32::max);
    let several = items.iter().filter(|i| weight(i) >= told * 0.6).count();
    let narrowed = items.len() > 1 && told > 2.0 && several < items.len();
    let kept: Vec<&str> =
        if narrowed { items.iter().copied().filter(|i| weight(i) >= told * 0.6).collect() } else { items.clone() };
    let best = sentences.iter().copied().map(weight).fold(0.0, f32::max);
    let chosen: Vec<&str> = if !long || items.is_empty() && sentences.len() < 3 {
        sentences.clone()
    } else if !kept.is_empty() && best < told * 1.2 {
        sentences.iter().copied().filter(|s| weight(s) >= told.max(0.1) * 0.8).collect()
    } else {
        let first = sentences.first().copied();
        sentences.iter().copied().filter(|s| weight(s) >= best * 0.4 || Some(*s) == first).collect()
    };
    part.prose = chosen.join(if section.language == Lang::Zh { "" } else { " " });
    let bare = |item: &&str| item.trim_start_matches("- ").to_owned();
    match kept.as_slice() {
        // A single item says little without what it is an item of.
        [one] if part.prose.is_empty() => {
            let told = bare(one);
            part.prose = if told.contains([':', '：']) {
                told
            } else {
                format!("{}{}{told}", section.heading, if desk.say.zh() { "：" } else { ": " })
            };
        }
        _ => part.items = kept.iter().map(bare).collect(),
    }
    if part.prose.is_empty() {
        part.prose = if desk.say.zh() { format!("{}：", section.heading) } else { format!("{}:", section.heading) };
    }
    part.sources.push(source);
    // The shop's own words bind it; they are quoted, not reworded.
    part.wordable = false;
    part
}

/// Sentences of a paragraph, with their marks.
fn sentences(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let next = text.get(end..).and_then(|t| t.chars().next());
        let stop =
            matches!(c, '。' | '！' | '？') || matches!(c, '.' | '!' | '?') && next.is_none_or(char::is_whitespace);
        if stop {
            out.push(text.get(start..end).unwrap_or_default().trim());
            start = end;
        }
    }
    let rest = text.get(start..).unwrap_or_default().trim();
    if !rest.is_empty() {
        out.push(rest);
    }
    out.retain(|s| !s.is_empty());
    out
}

/// The shop says nothing of it.
fn not_stated(topic: &str, desk: &Desk<'_>) -> Part {
    let mut part = desk.part(PlanKind::Decline, &[]);
    fact(&mut part, "shop", topic, Value::Unknown);
    part.prose = desk.say.pick(
        "I don't have that information, sorry. I can fetch a colleague if you like.".into(),
        "抱歉，我这边没有这方面的信息，需要的话可以为您转接同事。".into(),
    );
    part.wordable = false;
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_at_stops_not_at_decimal_points() {
        assert_eq!(sentences("It costs $4.90. Free over $60."), ["It costs $4.90.", "Free over $60."]);
        assert_eq!(sentences("免费。没有期限！好"), ["免费。", "没有期限！", "好"]);
    }
}
