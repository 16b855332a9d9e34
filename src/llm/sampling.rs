//! Choosing a token from logits: greedy or by temperature, among all tokens or those that a grammar allows, with the
//! probability that the model itself gave it.

/// How the next token is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Sampling {
    /// The likeliest token: the same request gives the same reply.
    #[default]
    Greedy,
    /// Drawn at a temperature above 0 (1 is the model's own distribution); the same seed gives the same reply.
    Temperature { temperature: f32, seed: u64 },
}

/// Index of the greatest logit; the first of equals. `None` if there is none above negative infinity.
pub(super) fn greedy(logits: &[f32]) -> Option<usize> {
    let mut best = None;
    let mut greatest = f32::NEG_INFINITY;
    for (index, &logit) in logits.iter().enumerate() {
        if logit > greatest {
            greatest = logit;
            best = Some(index);
        }
    }
    best
}

/// Draws an index with probability proportional to `exp(logit / temperature)`.
pub(super) fn draw(logits: &[f32], temperature: f32, random: &mut Random) -> Option<usize> {
    let greatest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    if !greatest.is_finite() {
        return None;
    }
    let weight = |logit: f32| f64::from((logit - greatest) / temperature.max(1e-3)).exp();
    let total: f64 = logits.iter().map(|&logit| weight(logit)).sum();
    let mut left = random.unit() * total;
    let mut last = None;
    for (index, &logit) in logits.iter().enumerate() {
        let weight = weight(logit);
        if weight > 0.0 {
            last = Some(index);
            left -= weight;
            if left < 0.0 {
                break;
            }
        }
    }
    last
}

/// Natural logarithm of the probability of one index under softmax.
pub(super) fn logprob(logits: &[f32], index: usize) -> f32 {
    let Some(&chosen) = logits.get(index) else { return f32::NEG_INFINITY };
    let greatest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    // Four partial sums, so that the compiler can keep the additions of 150,000 terms in vector registers.
    let mut sums = [0f32; 4];
    for chunk in logits.chunks(4) {
        for (sum, &logit) in sums.iter_mut().zip(chunk) {
            *sum += (logit - greatest).exp();
        }
    }
    chosen - greatest - sums.iter().sum::<f32>().ln()
}

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014): small, seedable, enough to
/// draw tokens with.
#[derive(Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// In `0.0..1.0`.
    fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn greedy_takes_the_greatest_and_the_first_of_equals() {
        assert_eq!(greedy(&[1.0, 3.0, 3.0, 2.0]), Some(1));
        assert_eq!(greedy(&[f32::NEG_INFINITY, f32::NAN]), None);
        assert_eq!(greedy(&[]), None);
    }

    #[test]
    fn logprobs_are_those_of_the_softmax() {
        let logits = [1.0f32, 2.0, 3.0, 4.0, 5.0];
        let total: f32 = logits.iter().map(|logit| logit.exp()).sum();
        for (index, logit) in logits.iter().enumerate() {
            assert!((logprob(&logits, index) - (logit.exp() / total).ln()).abs() < 1e-5);
        }
    }

    #[test]
    fn the_same_seed_draws_the_same_and_what_is_masked_is_never_drawn() {
        let logits = [0.0, 1.0, f32::NEG_INFINITY, 0.5];
        let run = |seed| {
            let mut random = Random::new(seed);
            (0..200).map(|_| draw(&logits, 1.0, &mut random).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
        assert!(!run(7).contains(&2));
        assert!([0, 1, 3].iter().all(|index| run(7).contains(index)));
    }

    #[test]
    fn a_low_temperature_is_nearly_greedy() {
        let mut random = Random::new(1);
        assert!((0..100).all(|_| draw(&[0.0, 1.0, 0.9], 0.001, &mut random) == Some(1)));
    }
}
