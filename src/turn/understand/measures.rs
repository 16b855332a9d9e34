//! The numbers of a message as values and bounds of a product's properties.

use std::ops::Range;

use super::cues::Cue;
use super::properties::{Axis, AxisValue};
use super::selection::{Bound, Form, Reader, Selection, says};
use crate::text::numbers::Quantity;
use crate::text::units;

/// Words of a bound that stand behind the number (`16GB以上`); the others stand before it.
const AFTER: &[&str] =
    &["以下", "以内", "之内", "内的", "封顶", "以上", "起", "or less", "or more", "max", "maximum", "minimum", "不到"];

impl<'a> Reader<'a> {
    /// Quantities with units: `13 inch`, `1.5 升`, `at least 16GB`.
    pub(super) fn quantities(
        &self,
        within: &Range<usize>,
        free: &dyn Fn(&Range<usize>) -> bool,
        selection: &mut Selection,
    ) {
        for quantity in &self.parsed.quantities {
            let Some(tokens) = self.tokens_of(&quantity.range) else { continue };
            if quantity.currency.is_some() || tokens.start < within.start || tokens.end > within.end || !free(&tokens) {
                continue;
            }
            let bare = quantity.unit.is_none();
            if bare && (quantity.in_words || self.counts_something(&tokens)) {
                continue;
            }
            if self.pieces(quantity, &tokens, selection) {
                continue;
            }
            let found: Vec<Form<'_>> =
                if bare { Vec::new() } else { self.values().filter(|f| says(f.value, quantity)).collect() };
            if let Some(bound) = self.bound(quantity, &found) {
                selection.bounds.push(bound);
                selection.used.push(tokens);
                continue;
            }
            if !found.is_empty() {
                self.take(found, &tokens, selection);
            } else if bare {
                self.bare_number(quantity, &tokens, selection);
            } else if let Some(option) = self.option_measured_in(quantity) {
                let written = self.parsed.words(&tokens).to_owned();
                selection.missing.push((option.to_owned(), written));
                selection.used.push(tokens);
            }
        }
    }

    /// `5000片`: a number of pieces, where the product has an option of that name in plain numbers.
    pub(super) fn pieces(&self, quantity: &Quantity, tokens: &Range<usize>, selection: &mut Selection) -> bool {
        let counted = quantity.unit.is_some_and(|u| u.dimension == units::Dimension::Count("piece"));
        let Some(number) = quantity.value.as_whole().filter(|_| counted) else { return false };
        // An attribute has no values to choose from.
        let plain = |a: &&Axis| a.name.key.contains("piece") && (!a.option || a.values.iter().all(|v| v.plain));
        let Some(axis) = self.axes.iter().copied().find(plain) else { return false };
        let number = number.to_string();
        match axis.values.iter().filter(|_| axis.option).find(|v| v.text.trim() == number) {
            Some(value) => self.take(vec![Form { axis, value }], tokens, selection),
            None => {
                selection.missing.push((axis.name.text.clone(), number));
                selection.used.push(tokens.clone());
            }
        }
        true
    }

    /// `under 2 kg`, `16GB以上`: only where the product is measured in that unit.
    pub(super) fn bound(&self, quantity: &Quantity, exact: &[Form<'_>]) -> Option<Bound> {
        let near = |cue: Cue| {
            self.parsed.cues.iter().any(|f| {
                let gap = if f.range.end <= quantity.range.start {
                    self.parsed.text.get(f.range.end..quantity.range.start)
                } else {
                    self.parsed.text.get(quantity.range.end..f.range.start)
                };
                let written = self.parsed.text.get(f.range.clone()).unwrap_or_default();
                let behind = AFTER.contains(&written);
                let placed = if f.range.end <= quantity.range.start { !behind } else { behind };
                f.cue == cue
                    && placed
                    && gap.is_some_and(|g| g.trim().chars().count() <= 4 && !g.contains([',', '，', '.', '?']))
            })
        };
        let (under, over) = (near(Cue::Under), near(Cue::Over));
        if under == over || quantity.unit.is_none() {
            return None;
        }
        let known = self.option_measured_in(quantity).is_some() || !exact.is_empty();
        known.then(|| Bound { at_least: over, quantity: quantity.clone() })
    }

    pub(super) fn option_measured_in(&self, quantity: &Quantity) -> Option<&'a str> {
        let dimension = quantity.unit?.dimension;
        let measured = |v: &AxisValue| v.quantities.iter().any(|q| q.unit.is_some_and(|u| u.dimension == dimension));
        self.axes.iter().find(|a| a.values.iter().any(|v| measured(v))).map(|a| a.name.text.as_str())
    }

    /// A number alone is a value when an option has bare numbers (shoe sizes, pieces) or the option's name is beside it.
    pub(super) fn bare_number(&self, quantity: &Quantity, tokens: &Range<usize>, selection: &mut Selection) {
        let Some(number) = quantity.value.as_whole() else { return };
        let mut beside: Option<&'a Axis> = None;
        let mut numeric: Option<&'a Axis> = None;
        for axis in self.axes.iter().copied() {
            if axis.values.iter().any(|v| v.plain) {
                numeric = numeric.or(Some(axis));
            }
            let sized = axis.name.key.contains("size")
                && self.parsed.tokens.get(tokens.end).is_some_and(|t| matches!(t.text.as_str(), "码" | "号"));
            if axis.values.iter().any(|v| v.text.chars().any(|c| c.is_ascii_digit()))
                && (sized || self.named_near(axis, tokens))
            {
                beside = Some(axis);
            }
        }
        let Some(axis) = beside.or(numeric) else { return self.leading_number(number, tokens, selection) };
        let written = number.to_string();
        let exact = axis.values.iter().find(|v| {
            let digits = || v.text.chars().filter(char::is_ascii_digit).collect::<String>();
            v.text.trim() == written || (beside.is_some() && digits() == written)
        });
        match exact {
            Some(value) => self.take(vec![Form { axis, value }], tokens, selection),
            None if beside.is_some() => {
                selection.missing.push((axis.name.text.clone(), self.parsed.words(tokens).to_owned()));
                selection.used.push(tokens.clone());
            }
            None => {}
        }
    }

    /// `price of the 30`: a number that only one value of only one option begins with.
    pub(super) fn leading_number(&self, number: i64, tokens: &Range<usize>, selection: &mut Selection) {
        let mut holders: Vec<Form<'_>> = self
            .values()
            .filter(|f| f.axis.option)
            .filter(|f| f.value.quantities.first().is_some_and(|q| q.value.as_whole() == Some(number)))
            .collect();
        holders.dedup_by(|a, b| a.same(b));
        if holders.len() == 1 && number > 1 {
            self.take(holders, tokens, selection);
        }
    }

    /// `2 of them`, `3 pieces`, `两个`: a number that counts things rather than names a value.
    pub(super) fn counts_something(&self, tokens: &Range<usize>) -> bool {
        self.parsed.tokens.get(tokens.end).is_some_and(|t| {
            matches!(
                t.text.as_str(),
                "of" | "个"
                    | "件"
                    | "台"
                    | "款"
                    | "双"
                    | "条"
                    | "products"
                    | "items"
                    | "people"
                    | "st"
                    | "nd"
                    | "rd"
                    | "th"
            )
        }) || tokens.start > 0 && self.parsed.tokens.get(tokens.start - 1).is_some_and(|t| t.text == "第")
    }
}
