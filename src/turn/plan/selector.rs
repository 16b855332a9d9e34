//! Holds one clause against many products. What is the same for all of them is worked out once, and products of which
//! the message can only say the same share one reading.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use super::Desk;
use crate::turn::understand::heard::Heard;
use crate::turn::understand::selection::Skip;
use crate::turn::understand::{Clause, ProductIx, Reading, Selection};

/// A mention's words and which products it names.
struct Named {
    tokens: Range<usize>,
    products: Vec<bool>,
}

/// What was read of products alike, and the words that a title may speak of by itself.
struct Read {
    selection: Rc<Selection>,
    /// Word and stem of what is missing, then of what is foreign.
    missing: Vec<(String, String)>,
    foreign: Vec<(String, String)>,
}

pub struct Selector<'a> {
    heard: Heard<'a>,
    named: Vec<Named>,
    desk: &'a Desk<'a>,
    read: HashMap<Vec<u32>, Read>,
    /// Reused for every product.
    sign: Vec<u32>,
}

impl<'a> Selector<'a> {
    pub fn new(reading: &'a Reading, clause: &Clause, within: &Range<usize>, desk: &'a Desk<'a>) -> Selector<'a> {
        let named = clause
            .mentions
            .iter()
            .map(|m| Named { tokens: m.tokens.clone(), products: flags(&m.products, desk.shop.catalog.len()) });
        Selector {
            heard: Heard::new(&reading.parsed, within, desk.index, desk.lexicon),
            named: named.collect(),
            desk,
            read: HashMap::new(),
            sign: Vec::new(),
        }
    }

    /// What the clause says of a product.
    pub fn of(&mut self, ix: ProductIx) -> Rc<Selection> {
        self.sign(ix);
        if !self.read.contains_key(&self.sign) {
            let read = self.read(ix);
            self.read.insert(self.sign.clone(), read);
        }
        let Some(read) = self.read.get(&self.sign) else { return Rc::default() };
        // What the title itself says needs no option; and of `green or lichen` one is enough.
        let title = self.desk.index.properties.title(ix).map_or("", |t| &t.lower);
        let titled = |(word, stem): &(String, String)| title.contains(word.as_str()) || title.contains(stem.as_str());
        if !read.missing.iter().chain(&read.foreign).any(titled) {
            return Rc::clone(&read.selection);
        }
        let mut selection = (*read.selection).clone();
        keep(&mut selection.missing, read.missing.iter().map(|w| !titled(w)));
        keep(&mut selection.foreign, read.foreign.iter().map(|w| !titled(w)));
        Rc::new(selection)
    }

    /// Everything by which the reading of a product can differ from another's: which mentions name it, which of their
    /// words its title has, and its properties that the message can speak of.
    fn sign(&mut self, ix: ProductIx) {
        self.sign.clear();
        for named in &self.named {
            let own = named.holds(ix);
            self.sign.push(u32::from(own));
            if own {
                self.sign.extend(named.tokens.clone().map(|at| u32::from(self.heard.titled(at, ix))));
            }
        }
        self.sign.extend(self.heard.spoken_of(ix));
    }

    fn read(&self, ix: ProductIx) -> Read {
        let (own, others): (Vec<&Named>, Vec<&Named>) = self.named.iter().partition(|n| n.holds(ix));
        let ranges = |named: Vec<&Named>| named.into_iter().map(|n| n.tokens.clone()).collect::<Vec<_>>();
        let (own, others) = (ranges(own), ranges(others));
        let mut selection = self.heard.select(&Skip { own: &own, others: &others }, ix);
        let wanted = &selection.wanted;
        selection.missing.retain(|(option, _)| !wanted.contains_key(option));
        let words = |list: &[(String, String)]| {
            list.iter().map(|(_, w)| (w.clone(), crate::text::tokens::stem(w))).collect::<Vec<_>>()
        };
        let (missing, foreign) = (words(&selection.missing), words(&selection.foreign));
        Read { selection: Rc::new(selection), missing, foreign }
    }
}

impl Named {
    fn holds(&self, ix: ProductIx) -> bool {
        self.products.get(ix).copied().unwrap_or(false)
    }
}

fn flags(products: &[ProductIx], all: usize) -> Vec<bool> {
    let mut flags = vec![false; if products.is_empty() { 0 } else { all }];
    for ix in products {
        if let Some(flag) = flags.get_mut(*ix) {
            *flag = true;
        }
    }
    flags
}

/// Keeps the items whose flag is set.
fn keep<T>(list: &mut Vec<T>, mut flags: impl Iterator<Item = bool>) {
    list.retain(|_| flags.next().unwrap_or(true));
}
