//! What shoppers call things, whatever the shop: product nouns with their synonyms in both languages and what they
//! are a kind of, attributes and how one asks for them, values. Data lives in `prompts/lexicon/*.tsv`.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::text::tokens::key;

pub type ConceptId = usize;

/// A kind of product, such as `electric kettle`.
#[derive(Debug, Default)]
pub struct Concept {
    /// The usual English and Chinese name.
    pub en: String,
    pub zh: String,
    pub broader: Vec<ConceptId>,
}

/// A property that products have, such as `battery life`.
#[derive(Debug, Default)]
pub struct Attribute {
    pub en: String,
    pub zh: String,
    /// Keys of every name of it.
    pub terms: Vec<String>,
    /// Keys of the ways to ask for it (`how heavy`).
    pub asks: Vec<String>,
    pub yes_no: bool,
}

/// A value of a property, such as `navy`.
#[derive(Debug, Default)]
pub struct ValueConcept {
    pub en: String,
    pub zh: String,
    pub terms: Vec<String>,
    pub attribute: Option<usize>,
}

#[derive(Debug, Default)]
pub struct Lexicon {
    pub concepts: Vec<Concept>,
    pub attributes: Vec<Attribute>,
    pub values: Vec<ValueConcept>,
    concept_terms: HashMap<String, Vec<ConceptId>>,
    attribute_terms: HashMap<String, Vec<usize>>,
    ask_terms: HashMap<String, Vec<usize>>,
    value_terms: HashMap<String, Vec<usize>>,
}

/// The lexicon that ships with the program.
pub fn shipped() -> &'static Lexicon {
    static SHIPPED: LazyLock<Lexicon> = LazyLock::new(|| {
        Lexicon::parse(
            include_str!("../../../prompts/lexicon/products.tsv"),
            include_str!("../../../prompts/lexicon/attributes.tsv"),
            include_str!("../../../prompts/lexicon/values.tsv"),
        )
    });
    &SHIPPED
}

impl Lexicon {
    /// Parses the three tables; a line of another shape is left out.
    pub fn parse(products: &str, attributes: &str, values: &str) -> Lexicon {
        let mut lexicon = Lexicon::default();
        lexicon.read_products(products);
        lexicon.read_attributes(attributes);
        lexicon.read_values(values);
        lexicon
    }

    fn read_products(&mut self, table: &str) {
        let mut by_name: HashMap<&str, ConceptId> = HashMap::new();
        let mut wider: Vec<Vec<&str>> = Vec::new();
        for row in rows(table) {
            let (en, zh) = (terms(&row, 0), terms(&row, 1));
            let Some(first) = en.first().copied() else { continue };
            if by_name.contains_key(first) {
                continue;
            }
            let id = self.concepts.len();
            by_name.insert(first, id);
            wider.push(terms(&row, 2));
            for term in en.iter().chain(&zh) {
                push(&mut self.concept_terms, key(term), id);
            }
            let zh = zh.first().map(|t| (*t).to_owned()).unwrap_or_default();
            self.concepts.push(Concept { en: first.to_owned(), zh, broader: Vec::new() });
        }
        for (id, names) in wider.iter().enumerate() {
            let ids: Vec<ConceptId> =
                names.iter().filter_map(|n| by_name.get(n).copied()).filter(|b| *b != id).collect();
            if let Some(concept) = self.concepts.get_mut(id) {
                concept.broader = ids;
            }
        }
    }

    fn read_attributes(&mut self, table: &str) {
        for row in rows(table) {
            let (en, zh) = (terms(&row, 0), terms(&row, 1));
            let Some(first) = en.first() else { continue };
            let id = self.attributes.len();
            let keys: Vec<String> = en.iter().chain(&zh).map(|t| key(t)).collect();
            for term in &keys {
                push(&mut self.attribute_terms, term.clone(), id);
            }
            let asks: Vec<String> = terms(&row, 2).into_iter().map(key).filter(|k| !k.is_empty()).collect();
            for ask in &asks {
                push(&mut self.ask_terms, ask.clone(), id);
            }
            self.attributes.push(Attribute {
                en: (*first).to_owned(),
                zh: zh.first().map(|t| (*t).to_owned()).unwrap_or_default(),
                terms: keys,
                asks,
                yes_no: row.get(3).is_some_and(|k| k.trim() == "yesno"),
            });
        }
    }

    fn read_values(&mut self, table: &str) {
        for row in rows(table) {
            let (en, zh) = (terms(&row, 0), terms(&row, 1));
            let Some(first) = en.first() else { continue };
            let id = self.values.len();
            let keys: Vec<String> = en.iter().chain(&zh).map(|t| key(t)).filter(|k| !k.is_empty()).collect();
            for term in &keys {
                push(&mut self.value_terms, term.clone(), id);
            }
            let attribute = row.get(2).and_then(|a| self.attribute_terms.get(&key(a))).and_then(|v| v.first().copied());
            self.values.push(ValueConcept {
                en: (*first).to_owned(),
                zh: zh.first().map(|t| (*t).to_owned()).unwrap_or_default(),
                terms: keys,
                attribute,
            });
        }
    }

    pub fn concepts_of(&self, key: &str) -> &[ConceptId] {
        self.concept_terms.get(key).map_or(&[], Vec::as_slice)
    }

    pub fn attributes_of(&self, key: &str) -> &[usize] {
        self.attribute_terms.get(key).map_or(&[], Vec::as_slice)
    }

    pub fn asks_of(&self, key: &str) -> &[usize] {
        self.ask_terms.get(key).map_or(&[], Vec::as_slice)
    }

    pub fn values_of(&self, key: &str) -> &[usize] {
        self.value_terms.get(key).map_or(&[], Vec::as_slice)
    }

    /// Every key of every table, for spotting and for spelling.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let tables = [&self.concept_terms, &self.attribute_terms, &self.ask_terms, &self.value_terms];
        tables.into_iter().flat_map(|t| t.keys()).map(String::as_str)
    }

    /// A concept and all that it is a kind of.
    pub fn with_broader(&self, id: ConceptId) -> Vec<ConceptId> {
        let mut all = vec![id];
        let mut seen: HashSet<ConceptId> = all.iter().copied().collect();
        let mut next = 0;
        while let Some(&current) = all.get(next) {
            for &wider in self.concepts.get(current).map_or(&[][..], |c| &c.broader) {
                if seen.insert(wider) {
                    all.push(wider);
                }
            }
            next += 1;
        }
        all
    }

    /// The Chinese word for an attribute name or value of the catalog, where the lexicon has one.
    pub fn zh_attribute(&self, name: &str) -> Option<&str> {
        let id = *self.attributes_of(&key(name)).first()?;
        self.attributes.get(id).map(|a| a.zh.as_str()).filter(|z| !z.is_empty())
    }

    pub fn zh_value(&self, value: &str, attribute: &str) -> Option<&str> {
        let ids = self.values_of(&key(value));
        let wanted = self.attributes_of(&key(attribute));
        let fits = |id: &&usize| {
            let own = self.values.get(**id).and_then(|v| v.attribute);
            own.is_some_and(|a| wanted.contains(&a) || self.attribute_covers(a, attribute))
        };
        // A word that is a colour in one place and a fuel in another (`charcoal`) is only put into words where it fits.
        let free = |id: &&usize| ids.len() == 1 && self.values.get(**id).is_some_and(|v| v.attribute.is_none());
        let id = ids.iter().find(fits).or_else(|| ids.first().filter(free))?;
        self.values.get(*id).map(|v| v.zh.as_str()).filter(|z| !z.is_empty())
    }

    /// All attributes of which [`Lexicon::attribute_covers`] is true for a name of this key, in their order.
    pub fn covering(&self, key: &str) -> Vec<usize> {
        let ends = key.match_indices(' ').filter_map(|(at, _)| key.get(at + 1..));
        let mut all: Vec<usize> =
            std::iter::once(key).chain(ends).flat_map(|k| self.attributes_of(k)).copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether a catalog's attribute name speaks of this attribute: the same, or narrowed by a word before it
    /// (`frame color` is a color).
    pub fn attribute_covers(&self, attribute: usize, name: &str) -> bool {
        let name = key(name);
        let Some(attribute) = self.attributes.get(attribute) else { return false };
        attribute
            .terms
            .iter()
            .any(|t| *t == name || name.strip_suffix(t.as_str()).is_some_and(|rest| rest.ends_with(' ')))
    }
}

fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table.lines().filter(|l| !l.trim().is_empty() && !l.starts_with('#')).map(|l| l.split('\t').collect())
}

fn terms<'a>(row: &[&'a str], column: usize) -> Vec<&'a str> {
    row.get(column).map_or_else(Vec::new, |c| c.split('|').map(str::trim).filter(|t| !t.is_empty()).collect())
}

fn push(map: &mut HashMap<String, Vec<usize>>, key: String, id: usize) {
    if key.is_empty() {
        return;
    }
    let ids = map.entry(key).or_default();
    if !ids.contains(&id) {
        ids.push(id);
    }
}
