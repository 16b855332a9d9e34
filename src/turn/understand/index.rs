//! The catalog as a vocabulary: every name by which one of its products can be called, with what it means. Built once
//! for each catalog version.

use std::collections::{HashMap, HashSet};

use super::cues;
use super::lexicon::{ConceptId, Lexicon};
use super::properties::{Collector, Properties};
use super::spelling::Spelling;
use crate::catalog::{Catalog, Product};
use crate::domain::Lang;
use crate::text::tokens::{Kind, Token, join_key, key, tokenize};
use crate::text::{fold, is_han};

/// Position of a product in the catalog.
pub type ProductIx = usize;

/// What a phrase means in this shop.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// The name of one product (or several of the same name).
    Product(ProductIx),
    Brand(usize),
    Category(usize),
    Concept(ConceptId),
    /// The name of an attribute of the lexicon.
    Attribute(usize),
    /// A question for an attribute (`how heavy`).
    Ask(usize),
    /// The name of an attribute that only this catalog has.
    Key(usize),
    /// A value of the lexicon.
    Value(usize),
    /// A value that only this catalog has.
    Literal(usize),
    /// A stock-keeping unit or GTIN: product and position of its offer.
    Sku(ProductIx, usize),
    /// A word that only few titles hold, such as a model's own name.
    Title(usize),
}

/// The vocabulary of one catalog.
pub struct Index {
    pub meanings: HashMap<String, Vec<Meaning>>,
    pub brands: Vec<(String, Vec<ProductIx>)>,
    pub categories: Vec<(String, Vec<ProductIx>)>,
    /// Products of each concept, those of narrower concepts included.
    pub by_concept: HashMap<ConceptId, Vec<ProductIx>>,
    /// The concept that a product's title names, narrowest first.
    pub concepts: Vec<Vec<ConceptId>>,
    pub keys: Vec<String>,
    pub literals: Vec<(String, String)>,
    pub titles: Vec<(String, Vec<ProductIx>)>,
    /// Products that have a value, or an attribute of that name.
    pub by_meaning: HashMap<Meaning, Vec<ProductIx>>,
    /// Concepts that are a product's whole title, where there are any.
    pub whole_titles: HashMap<ProductIx, Vec<ConceptId>>,
    /// What each product can be asked by, ready for reading.
    pub properties: Properties,
    pub spelling: Spelling,
    /// Tokens of the longest phrase.
    pub longest: usize,
}

/// A title word shared by more products than this says too little to name one.
const TITLE_WORD_PRODUCTS_MAX: usize = 12;

impl Index {
    pub fn build(catalog: &Catalog, lexicon: &Lexicon) -> Index {
        let mut builder =
            Builder { lexicon, index: Index::empty(), ids: HashMap::new(), cue_words: cues::words().collect() };
        let mut properties = Collector::new(lexicon);
        for (ix, product) in catalog.products().iter().enumerate() {
            builder.product(ix, product);
            properties.product(product);
        }
        builder.index.properties = properties.finish();
        builder.title_words(catalog);
        builder.lexicon_terms();
        let mut index = builder.index;
        index.longest = index.meanings.keys().map(|k| tokenize(k).len()).max().unwrap_or(1).min(14);
        for text in index.meanings.keys() {
            index.spelling.learn(text, true);
        }
        for word in cues::words() {
            index.spelling.learn(word, true);
        }
        for word in super::classify::words() {
            index.spelling.learn(word, false);
        }
        index.spelling.seal();
        index
    }

    fn empty() -> Index {
        Index {
            meanings: HashMap::new(),
            brands: Vec::new(),
            categories: Vec::new(),
            by_concept: HashMap::new(),
            concepts: Vec::new(),
            keys: Vec::new(),
            literals: Vec::new(),
            titles: Vec::new(),
            by_meaning: HashMap::new(),
            whole_titles: HashMap::new(),
            properties: Properties::default(),
            spelling: Spelling::default(),
            longest: 1,
        }
    }

    /// Products that have one of the values which a message names.
    pub fn holders(&self, parsed: &super::link::Parsed) -> Vec<ProductIx> {
        let mut all: Vec<ProductIx> = Vec::new();
        for span in parsed.spans.iter().filter(|s| s.is_value() || s.is_property()) {
            for meaning in &span.meanings {
                all.extend(self.by_meaning.get(meaning).map_or(&[][..], Vec::as_slice));
            }
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    pub fn products_of(&self, concept: ConceptId) -> &[ProductIx] {
        self.by_concept.get(&concept).map_or(&[], Vec::as_slice)
    }
}

struct Builder<'a> {
    lexicon: &'a Lexicon,
    index: Index,
    ids: HashMap<(&'static str, String), usize>,
    cue_words: HashSet<&'static str>,
}

impl Builder<'_> {
    fn mean(&mut self, key: String, meaning: Meaning) {
        if key.is_empty() {
            return;
        }
        let meanings = self.index.meanings.entry(key).or_default();
        if !meanings.contains(&meaning) {
            meanings.push(meaning);
        }
    }

    fn product(&mut self, ix: ProductIx, product: &Product) {
        let titles = [product.title.as_str(), product.title_in(Lang::Zh)];
        let brand = product.brand.as_deref().map(key).unwrap_or_default();
        for title in titles {
            let full = key(title);
            if let Some(rest) = full.strip_prefix(&brand).map(str::trim).filter(|r| !brand.is_empty() && !r.is_empty())
            {
                self.mean(rest.to_owned(), Meaning::Product(ix));
            }
            self.mean(full, Meaning::Product(ix));
        }
        let whole = self.lexicon.concepts_of(&key(&product.title));
        if !whole.is_empty() {
            self.index.whole_titles.insert(ix, whole.to_vec());
        }
        if let Some(name) = &product.brand {
            let id = self.group("brand", name, ix);
            self.mean(key(name), Meaning::Brand(id));
        }
        for name in &product.category {
            let id = self.group("category", name, ix);
            self.mean(key(name), Meaning::Category(id));
        }
        let concepts = self.concepts_of(product);
        for &concept in &concepts {
            for wider in self.lexicon.with_broader(concept) {
                let products = self.index.by_concept.entry(wider).or_default();
                if products.last() != Some(&ix) {
                    products.push(ix);
                }
            }
        }
        self.index.concepts.push(concepts);
        self.mean(key(&product.id), Meaning::Sku(ix, usize::MAX));
        for (position, offer) in product.offers().iter().enumerate().filter(|_| !product.variants.is_empty()) {
            self.mean(key(offer.sku), Meaning::Sku(ix, position));
        }
        for (position, gtin) in product.variants.iter().enumerate().filter_map(|(i, v)| v.gtin.as_ref().map(|g| (i, g)))
        {
            self.mean(key(gtin), Meaning::Sku(ix, position));
        }
        let pairs = product.attributes.iter().chain(product.variants.iter().flat_map(|v| v.options.iter()));
        for (name, value) in pairs {
            self.attribute(ix, name, value);
        }
    }

    fn attribute(&mut self, ix: ProductIx, name: &str, value: &str) {
        let name_key = key(name);
        for id in self.lexicon.attributes_of(&name_key) {
            self.hold(Meaning::Attribute(*id), ix);
        }
        for id in self.lexicon.values_of(&key(value)) {
            self.hold(Meaning::Value(*id), ix);
        }
        if self.lexicon.attributes_of(&name_key).is_empty() && !self.cue_words.contains(name_key.as_str()) {
            let next = self.index.keys.len();
            let id = *self.ids.entry(("key", name_key.clone())).or_insert(next);
            if id == next {
                self.index.keys.push(name.to_owned());
            }
            self.hold(Meaning::Key(id), ix);
            self.mean(name_key, Meaning::Key(id));
        }
        let value_key = key(value);
        let long = value_key.split(' ').count() > 4;
        if self.lexicon.values_of(&value_key).is_empty() && !long && !value_key.chars().all(|c| c.is_ascii_digit()) {
            let next = self.index.literals.len();
            let id = *self.ids.entry(("literal", format!("{name}\t{value_key}"))).or_insert(next);
            if id == next {
                self.index.literals.push((name.to_owned(), value.to_owned()));
            }
            self.hold(Meaning::Literal(id), ix);
            self.mean(value_key, Meaning::Literal(id));
        }
    }

    fn hold(&mut self, meaning: Meaning, ix: ProductIx) {
        let products = self.index.by_meaning.entry(meaning).or_default();
        if products.last() != Some(&ix) {
            products.push(ix);
        }
    }

    fn group(&mut self, kind: &'static str, name: &str, ix: ProductIx) -> usize {
        let groups = if kind == "brand" { &mut self.index.brands } else { &mut self.index.categories };
        let next = groups.len();
        let id = *self.ids.entry((kind, key(name))).or_insert(next);
        if id == next {
            groups.push((name.to_owned(), Vec::new()));
        }
        if let Some((_, products)) = groups.get_mut(id)
            && products.last() != Some(&ix)
        {
            products.push(ix);
        }
        id
    }

    /// What the product is: the last noun of its title (before `for`, `with`), in either language, else of its
    /// narrowest category.
    fn concepts_of(&self, product: &Product) -> Vec<ConceptId> {
        let mut found: Vec<ConceptId> = Vec::new();
        let english = fold(&product.title);
        let head = [" for ", " with ", ", ", " - ", " ("]
            .iter()
            .fold(english.as_str(), |t, cut| t.split(cut).next().unwrap_or(t));
        let mut add = |ids: &[ConceptId]| {
            for id in ids {
                if !found.contains(id) {
                    found.push(*id);
                }
            }
        };
        add(&self.last_concept(head));
        if let Some(text) = product.texts.get("zh") {
            add(&self.last_concept(&fold(&text.title)));
        }
        if found.is_empty() {
            for name in product.category.iter().rev() {
                let ids = self.last_concept(&fold(name));
                if !ids.is_empty() {
                    return ids;
                }
            }
        }
        found
    }

    /// The longest concept that ends a phrase; scans back from its end.
    fn last_concept(&self, folded: &str) -> Vec<ConceptId> {
        let tokens: Vec<Token> = tokenize(folded).into_iter().filter(|t| t.kind != Kind::Punct).collect();
        for end in (1..=tokens.len()).rev() {
            for start in 0..end {
                let phrase = tokens.get(start..end).unwrap_or_default();
                let ids = self.lexicon.concepts_of(&join_key(phrase.iter()));
                if !ids.is_empty() {
                    return ids.to_vec();
                }
            }
        }
        Vec::new()
    }

    /// Words that set a title apart from the others: `fjell`, `ridgeline`.
    fn title_words(&mut self, catalog: &Catalog) {
        let mut words: HashMap<String, Vec<ProductIx>> = HashMap::new();
        for (ix, product) in catalog.products().iter().enumerate() {
            let mut seen: HashSet<String> = HashSet::new();
            for token in tokenize(&fold(&product.title)) {
                if token.kind == Kind::Word && token.stem.len() > 2 && seen.insert(token.stem.clone()) {
                    words.entry(token.stem).or_default().push(ix);
                }
            }
        }
        for (word, products) in words {
            let generic = !self.lexicon.concepts_of(&word).is_empty()
                || self.plain_value(&word)
                || !self.lexicon.attributes_of(&word).is_empty()
                || self.cue_words.contains(word.as_str())
                || self.index.meanings.get(&word).is_some_and(|m| m.iter().any(|m| matches!(m, Meaning::Brand(_))))
                || super::classify::is_everyday(&word);
            if generic || products.len() > TITLE_WORD_PRODUCTS_MAX {
                continue;
            }
            let id = self.index.titles.len();
            self.mean(word.clone(), Meaning::Title(id));
            self.index.titles.push((word, products));
        }
    }

    /// Colours, materials and sizes stand in titles without naming the product.
    fn plain_value(&self, word: &str) -> bool {
        const PLAIN: &[&str] = &["color", "material", "size", "pattern", "finish"];
        let attributes =
            self.lexicon.values_of(word).iter().filter_map(|v| self.lexicon.values.get(*v)).map(|v| v.attribute);
        attributes
            .into_iter()
            .any(|a| a.and_then(|a| self.lexicon.attributes.get(a)).is_none_or(|a| PLAIN.contains(&a.en.as_str())))
    }

    fn lexicon_terms(&mut self) {
        let lexicon = self.lexicon;
        let keys: HashSet<&str> = lexicon.keys().collect();
        for key in keys {
            // A single Han character stands in too many words to mean one thing.
            if key.chars().count() == 1 && key.chars().all(is_han) && lexicon.concepts_of(key).is_empty() {
                continue;
            }
            let meanings = lexicon
                .concepts_of(key)
                .iter()
                .map(|c| Meaning::Concept(*c))
                .chain(lexicon.attributes_of(key).iter().map(|a| Meaning::Attribute(*a)))
                .chain(lexicon.asks_of(key).iter().map(|a| Meaning::Ask(*a)))
                .chain(lexicon.values_of(key).iter().map(|v| Meaning::Value(*v)));
            for meaning in meanings {
                self.mean(key.to_owned(), meaning);
            }
        }
    }
}
