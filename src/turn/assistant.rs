//! What a turn needs of one catalog version, built once and shared by every conversation; and the turn itself.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::guard::{Checked, Guard, Objection};
use super::plan::{self, Desk, Focus};
use super::say::Say;
use super::understand::lexicon::{self, Lexicon};
use super::understand::reading::{self, Against};
use super::understand::{Ask, Index, Reading};
use super::word::{Task, Wording, Writer};
use crate::catalog::shop::Shop;
use crate::clock;
use crate::domain::{Currency, Fact, Lang, Part, PlanKind};
use crate::limits;
use crate::retrieval::Lexical;

/// One shop with everything that is derived from it.
pub struct Assistant {
    pub shop: Shop,
    index: Index,
    lexicon: &'static Lexicon,
    finder: Lexical,
    policy_index: Lexical,
    currency: Currency,
    parts_max: usize,
}

/// What is carried from turn to turn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    pub focus: Focus,
    pub language: Option<Lang>,
    pub turns: u64,
}

/// A shopper's message and who sent it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Message<'a> {
    pub text: &'a str,
    /// A customer id or e-mail that the channel vouches for.
    pub customer: Option<&'a str>,
    /// Varies the wordings; the same seed gives the same reply.
    pub seed: u64,
}

/// Who worded a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WordedBy {
    Model,
    Template,
}

/// What the guard said of the model's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Passed,
    Retried,
    FellBack,
}

/// Time spent in each step.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Timings {
    pub understand: Duration,
    pub plan: Duration,
    pub word: Duration,
    pub guard: Duration,
    pub first_token: Option<Duration>,
    pub total: Duration,
}

/// A finished turn.
#[derive(Debug)]
pub struct Outcome {
    pub reply: Checked,
    pub language: Lang,
    pub parts: Vec<Part>,
    pub worded_by: WordedBy,
    pub guard: Verdict,
    pub timings: Timings,
    pub trace: Trace,
}

/// Why the reply is what it is: a line a step.
#[derive(Debug, Serialize)]
pub struct Trace {
    pub message: String,
    pub language: Lang,
    /// Words that were read as others.
    pub mended: Vec<(String, String)>,
    pub clauses: Vec<ClauseTrace>,
    pub parts: Vec<Part>,
    pub wordings: Vec<Wording>,
    pub catalog: String,
    pub model: Option<String>,
    pub seed: u64,
    pub timings: Timings,
}

#[derive(Debug, Serialize)]
pub struct ClauseTrace {
    pub text: String,
    pub asks: Vec<Ask>,
    /// Products named, by id; long lists are cut.
    pub products: Vec<String>,
    pub decided_by: &'static str,
    pub confidence: f64,
}

/// Products of a mention that a trace lists.
const TRACED_PRODUCTS_MAX: usize = 12;

impl Assistant {
    /// Derives everything that turns need; takes about a second for ten thousand products.
    pub fn new(shop: Shop) -> Assistant {
        let lexicon = lexicon::shipped();
        let index = Index::build(&shop.catalog, lexicon);
        let finder = Lexical::build(shop.catalog.products().iter().map(|p| {
            let mut fields = vec![(p.title.as_str(), 3.0), (p.description.as_str(), 1.0)];
            fields.extend(p.category.iter().map(|c| (c.as_str(), 1.5)));
            fields.extend(p.attributes.values().map(|v| (v.as_str(), 1.0)));
            for text in p.texts.values() {
                fields.extend([(text.title.as_str(), 3.0), (text.description.as_str(), 1.0)]);
            }
            fields
        }));
        let policy_index =
            Lexical::build(shop.policies.iter().map(|s| vec![(s.heading.as_str(), 2.0), (s.text.as_str(), 1.0)]));
        let prices = shop.catalog.products().iter().flat_map(|p| p.offers().into_iter().filter_map(|o| o.price).next());
        let currency = prices.map(|m| m.currency).next().unwrap_or(Currency::USD);
        Assistant { shop, index, lexicon, finder, policy_index, currency, parts_max: limits::ANSWER_PARTS_MAX }
    }

    /// Answers so many questions of one message.
    pub fn with_parts_max(self, parts_max: usize) -> Assistant {
        Assistant { parts_max: parts_max.max(1), ..self }
    }

    fn against(&self) -> Against<'_> {
        Against { catalog: &self.shop.catalog, index: &self.index, lexicon: self.lexicon, currency: self.currency }
    }

    /// How a message is read, for tests and for `nlu check`.
    pub fn read(&self, message: &str) -> Reading {
        reading::read(message, self.against())
    }

    pub fn guard(&self) -> Guard<'_> {
        Guard { lexicon: self.lexicon }
    }

    /// Works out the answer to a message; moves the conversation on. No model is asked.
    pub fn plan(&self, conversation: &mut Conversation, message: Message<'_>, reading: &Reading) -> (Lang, Vec<Part>) {
        let language = reading.language.or(conversation.language).unwrap_or(Lang::En);
        conversation.language = Some(language);
        conversation.turns += 1;
        let say = Say { lang: language, seed: message.seed.wrapping_add(conversation.turns), lexicon: self.lexicon };
        let desk = Desk {
            shop: &self.shop,
            index: &self.index,
            lexicon: self.lexicon,
            finder: &self.finder,
            policy_index: &self.policy_index,
            currency: self.currency,
            parts_max: self.parts_max,
            say,
            customer: message.customer,
        };
        let parts = plan::answer(reading, &mut conversation.focus, &desk);
        (language, parts)
    }

    /// The whole journey of one message. `sent` is called with each part as soon as the guard has passed it.
    pub async fn respond(
        &self,
        conversation: &mut Conversation,
        message: Message<'_>,
        writer: Option<&Writer>,
        sent: &mut (dyn FnMut(&Checked) + Send),
    ) -> Outcome {
        let started = clock::instant();
        let reading = tracing::info_span!("understand").in_scope(|| self.read(message.text));
        let understood = clock::instant();
        let (language, parts) = tracing::info_span!("plan").in_scope(|| self.plan(conversation, message, &reading));
        let planned = clock::instant();
        let mut timings =
            Timings { understand: understood - started, plan: planned - understood, ..Timings::default() };
        let mut wordings: Vec<Wording> = Vec::new();
        let mut checked: Vec<Checked> = Vec::new();
        for part in &parts {
            let wording = self.word(part, message.text, language, writer, &mut timings, started).await;
            sent(&wording.0);
            checked.push(wording.0);
            wordings.push(wording.1);
        }
        timings.total = clock::instant() - started;
        let worded = wordings.iter().any(|w| w.by == WordedBy::Model);
        Outcome {
            reply: Checked::join(checked),
            language,
            worded_by: if worded { WordedBy::Model } else { WordedBy::Template },
            guard: wordings.iter().map(|w| w.guard).max().unwrap_or(Verdict::Passed),
            trace: self.trace(message, language, &reading, &parts, wordings, writer, timings),
            parts,
            timings,
        }
    }

    async fn word(
        &self,
        part: &Part,
        question: &str,
        language: Lang,
        writer: Option<&Writer>,
        timings: &mut Timings,
        started: Instant,
    ) -> (Checked, Wording) {
        let guard = self.guard();
        let mut wording = Wording::default();
        if let Some(writer) = writer.filter(|_| part.wordable) {
            let before = clock::instant();
            let task = Task { part, question, language, guard, started };
            let worded = writer.word(&task, &mut wording, timings).await;
            timings.word += clock::instant() - before;
            if let Some(checked) = worded {
                return (checked, wording);
            }
        }
        let before = clock::instant();
        let checked = match guard.rendering(part) {
            Ok(checked) => checked,
            Err(objections) => {
                wording.objections.push(objections);
                self.unsayable(part, language)
            }
        };
        timings.guard += clock::instant() - before;
        (checked, wording)
    }

    /// A rendering that the guard refuses is our own mistake; the shopper gets an honest sentence instead.
    fn unsayable(&self, part: &Part, language: Lang) -> Checked {
        tracing::error!(plan = ?part.plan, "the guard refused a rendering");
        let prose = match language {
            Lang::En => "I'd rather not answer that from memory; let me fetch a colleague for you.",
            Lang::Zh => "这个问题我不太确定，我请同事来帮您。",
        };
        let safe = Part {
            plan: PlanKind::HandOff,
            subjects: Vec::new(),
            facts: Vec::new(),
            prose: prose.to_owned(),
            items: Vec::new(),
            tail: String::new(),
            wordable: false,
            sources: Vec::new(),
        };
        self.guard().rendering(&safe).unwrap_or_else(|_: Vec<Objection>| Checked::join(Vec::new()))
    }

    #[allow(clippy::too_many_arguments)]
    fn trace(
        &self,
        message: Message<'_>,
        language: Lang,
        reading: &Reading,
        parts: &[Part],
        wordings: Vec<Wording>,
        writer: Option<&Writer>,
        timings: Timings,
    ) -> Trace {
        let id = |ix: &usize| self.shop.catalog.products().get(*ix).map(|p| p.id.clone());
        Trace {
            message: message.text.to_owned(),
            language,
            mended: reading.parsed.mended.clone(),
            clauses: reading
                .clauses
                .iter()
                .map(|c| ClauseTrace {
                    text: reading.parsed.words(&c.tokens).to_owned(),
                    asks: c.asks.clone(),
                    products: c
                        .mentions
                        .iter()
                        .flat_map(|m| m.products.iter().filter_map(id))
                        .take(TRACED_PRODUCTS_MAX)
                        .collect(),
                    decided_by: c.decided_by,
                    confidence: c.confidence,
                })
                .collect(),
            parts: parts.to_vec(),
            wordings,
            catalog: self.shop.catalog.version.clone(),
            model: writer.map(|w| w.model_name().to_owned()),
            seed: message.seed,
            timings,
        }
    }
}

impl Outcome {
    /// Ids of the products that the reply is about.
    pub fn products(&self) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        for source in self.parts.iter().flat_map(|p| &p.sources) {
            if !source.contains(':') && source != "shop" && !ids.contains(source) {
                ids.push(source.clone());
            }
        }
        ids
    }

    pub fn sources(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for source in self.parts.iter().flat_map(|p| &p.sources) {
            if !all.contains(source) {
                all.push(source.clone());
            }
        }
        all
    }

    pub fn facts(&self) -> Vec<&Fact> {
        self.parts.iter().flat_map(|p| &p.facts).collect()
    }

    pub fn plans(&self) -> Vec<PlanKind> {
        let mut plans: Vec<PlanKind> = Vec::new();
        for part in &self.parts {
            if !plans.contains(&part.plan) {
                plans.push(part.plan);
            }
        }
        plans
    }

    pub fn handed_off(&self) -> bool {
        self.parts.iter().any(|p| p.plan == PlanKind::HandOff)
    }
}
