//! Answers from the shop's own policies: the section that speaks of the question, cut to the sentences that do.

use super::{Desk, fact};
use crate::catalog::policies::Section;
use crate::domain::{Lang, Part, PlanKind, Value};
use crate::retrieval::lexical;
use crate::turn::understand::{Clause, Reading};

/// A section shorter than this is quoted whole.
const QUOTED_CHARS_MAX: usize = 220;

/// What everyday words mean in the language of policies, so that `how long does it take` finds working days.
const MEANT: &[(&str, &str)] = &[
    ("how long", "working days delivery take"),
    ("how fast", "working days delivery express"),
    ("arrive", "working days delivery"),
    ("get here", "working days delivery"),
    ("postage", "shipping standard"),
    ("shipping cost", "standard delivery united states"),
    ("shipping fee", "standard delivery united states"),
    ("ship for free", "free shipping orders"),
    ("free shipping", "free standard shipping orders or more"),
    ("free delivery", "free standard shipping orders or more"),
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
    ("my data", "personal data delete"),
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

/// The answer of a topic, or `None` where the shop has no such policy.
pub fn section(topic: &str, reading: &Reading, clause: &Clause, desk: &Desk<'_>) -> Option<Part> {
    let lang = desk.lang();
    let sections: Vec<&Section> = desk.shop.policies.iter().filter(|s| s.language == lang).collect();
    let sections = if sections.is_empty() { desk.shop.policies.iter().collect() } else { sections };
    if sections.is_empty() {
        return Some(not_stated(topic, desk));
    }
    let asked = query(reading.parsed.words(&clause.tokens));
    let scores: Vec<(f32, &Section)> = sections.iter().map(|s| (score(s, &asked, topic, desk), *s)).collect();
    let best = scores.iter().filter(|(score, _)| *score > 0.0).max_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(quote(best.1, &asked, desk))
}

/// The words of the question with what they mean in policies.
fn query(text: &str) -> String {
    let mut all = text.to_owned();
    for (said, meant) in MEANT {
        if text.contains(said) {
            all.push(' ');
            all.push_str(meant);
        }
    }
    all
}

fn score(section: &Section, asked: &str, topic: &str, desk: &Desk<'_>) -> f32 {
    let heading = lexical::terms(&format!("{} {}", section.heading, section.title));
    let body = lexical::terms(&section.text);
    let mut score = 0.0;
    let mut seen: Vec<String> = Vec::new();
    for term in lexical::terms(asked) {
        if seen.contains(&term) {
            continue;
        }
        let rare = desk.policy_index.rarity(&term);
        if heading.contains(&term) {
            score += rare * 1.6;
        }
        if body.contains(&term) {
            score += rare;
        }
        seen.push(term);
    }
    // The first section of a topic says the most usual case.
    let own = section.topic == topic;
    if own { score * 1.25 + 2.0 - 0.05 * section.position as f32 } else { score }
}

fn quote(section: &Section, asked: &str, desk: &Desk<'_>) -> Part {
    let mut part = desk.part(PlanKind::Policy, &[]);
    let source = section.source();
    fact(&mut part, &source, "text", Value::Text(section.text.clone()));
    fact(&mut part, &source, "heading", Value::Text(section.heading.clone()));
    let (items, prose): (Vec<&str>, Vec<&str>) = section.text.lines().partition(|l| l.starts_with("- "));
    let sentences: Vec<&str> = prose.iter().flat_map(|p| sentences(p)).collect();
    let long = section.text.chars().count() > if desk.say.zh() { QUOTED_CHARS_MAX / 2 } else { QUOTED_CHARS_MAX };
    let terms = lexical::terms(asked);
    let weight = |text: &str| -> f32 {
        let own = lexical::terms(text);
        terms.iter().filter(|t| own.contains(t)).map(|t| desk.policy_index.rarity(t)).sum()
    };
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
        sentences.iter().copied().filter(|s| weight(s) >= best * 0.55 || Some(*s) == first).collect()
    };
    part.prose = chosen.join(if section.language == Lang::Zh { "" } else { " " });
    let bare = |item: &&str| item.trim_start_matches("- ").to_owned();
    match kept.as_slice() {
        [one] if part.prose.is_empty() => part.prose = bare(one),
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
