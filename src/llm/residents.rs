//! Which token sequences are in the KV cache, and where a new prompt goes: it continues the one that it shares the
//! longest prefix with, in place where that loses little, on a copy where the two part early (another conversation
//! under the same system prompt).

/// A tail up to this long is cheaper to compute again than to keep another sequence for.
const TAIL_TOKENS_SMALL: usize = 64;

/// llama.cpp multiplies quantised weights with four tokens at a time and what is left over singly, which rounds
/// differently. Reuse ends at a multiple of four, so that the rest is grouped as it is in a fresh cache, and the reply
/// is the same.
const REUSE_STEP_TOKENS: usize = 4;

/// Where a prompt goes, and how much of it is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Placement {
    pub(super) sequence: usize,
    /// The sequence to copy the first `reused` tokens from; `None`: they are in `sequence` already.
    pub(super) copy_from: Option<usize>,
    pub(super) reused: usize,
}

#[derive(Debug, Clone, Default)]
struct Resident {
    tokens: Vec<i32>,
    /// The tick of its last use; 0 was never used.
    used: u64,
}

/// Invariant: `tokens` of each resident are exactly what the cache holds for that sequence.
#[derive(Debug)]
pub(super) struct Residents {
    all: Vec<Resident>,
    tick: u64,
    /// Whether a sequence can be cut back; a recurrent model's state can't.
    can_cut: bool,
}

impl Residents {
    pub(super) fn new(sequences: usize, can_cut: bool) -> Self {
        Self { all: vec![Resident::default(); sequences.max(1)], tick: 0, can_cut }
    }

    /// Decides where the prompt goes and books it there: after this, the cache must be made to hold
    /// `prompt[..reused]` in that sequence, and no more.
    pub(super) fn place(&mut self, prompt: &[i32]) -> Placement {
        let placement = self.find(prompt);
        self.tick += 1;
        if let Some(resident) = self.all.get_mut(placement.sequence) {
            resident.tokens = prompt.iter().copied().take(placement.reused).collect();
            resident.used = self.tick;
        }
        placement
    }

    fn find(&self, prompt: &[i32]) -> Placement {
        let fresh = Placement { sequence: self.oldest_but(None), copy_from: None, reused: 0 };
        let shared = |resident: &Resident| {
            let shared = shared_prefix(&resident.tokens, prompt);
            // The last token is always computed: its logits are what the reply starts from.
            let reused = shared.min(prompt.len().saturating_sub(1));
            // What can't be cut is continued where it ends, or not at all.
            if self.can_cut { reused - reused % REUSE_STEP_TOKENS } else { reused }
        };
        let best = self.all.iter().enumerate().map(|(sequence, resident)| (shared(resident), resident, sequence));
        let Some((reused, resident, sequence)) = best.max_by_key(|(shared, resident, _)| (*shared, resident.used))
        else {
            return fresh;
        };
        let tail = resident.tokens.len() - reused;
        if reused == 0 || (tail > 0 && !self.can_cut) {
            return fresh;
        }
        let target = self.oldest_but(Some(sequence));
        if tail <= TAIL_TOKENS_SMALL || target == sequence {
            Placement { sequence, copy_from: None, reused }
        } else {
            Placement { sequence: target, copy_from: Some(sequence), reused }
        }
    }

    /// The least recently used sequence, if possible another than the given one; empty ones come first.
    fn oldest_but(&self, kept: Option<usize>) -> usize {
        let others = self.all.iter().enumerate().filter(|(sequence, _)| Some(*sequence) != kept);
        let oldest = others.min_by_key(|(_, resident)| if resident.tokens.is_empty() { 0 } else { resident.used });
        oldest.map_or(kept.unwrap_or(0), |(sequence, _)| sequence)
    }

    /// The cache now holds these tokens too, at the end of the sequence.
    pub(super) fn append(&mut self, sequence: usize, tokens: &[i32]) {
        if let Some(resident) = self.all.get_mut(sequence) {
            resident.tokens.extend_from_slice(tokens);
        }
    }

    pub(super) fn len(&self, sequence: usize) -> usize {
        self.all.get(sequence).map_or(0, |resident| resident.tokens.len())
    }

    /// Books the least recently used sequence but the given one as empty, to make room; `None` if all others are.
    pub(super) fn evict_but(&mut self, kept: usize) -> Option<usize> {
        let others = self.all.iter().enumerate();
        let others = others.filter(|(sequence, resident)| *sequence != kept && !resident.tokens.is_empty());
        let oldest = others.min_by_key(|(_, resident)| resident.used).map(|(sequence, _)| sequence)?;
        self.forget(oldest);
        Some(oldest)
    }

    pub(super) fn forget(&mut self, sequence: usize) {
        if let Some(resident) = self.all.get_mut(sequence) {
            resident.tokens.clear();
        }
    }

    pub(super) fn forget_all(&mut self) {
        self.all.iter_mut().for_each(|resident| resident.tokens.clear());
    }
}

fn shared_prefix(one: &[i32], other: &[i32]) -> usize {
    one.iter().zip(other).take_while(|(one, other)| one == other).count()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    const SYSTEM: std::ops::Range<i32> = 0..200;

    fn prompt(own: std::ops::Range<i32>) -> Vec<i32> {
        SYSTEM.chain(own).collect()
    }

    /// What the engine does with a prompt, all of it computed.
    fn serve(residents: &mut Residents, prompt: &[i32]) -> Placement {
        let placement = residents.place(prompt);
        residents.append(placement.sequence, &prompt[placement.reused..]);
        placement
    }

    #[test]
    fn the_first_prompt_is_computed_whole() {
        let mut residents = Residents::new(4, true);
        let placement = serve(&mut residents, &prompt(1000..1100));
        assert_eq!(placement, Placement { sequence: 0, copy_from: None, reused: 0 });
    }

    #[test]
    fn a_follow_up_continues_its_conversation_in_place() {
        let mut residents = Residents::new(4, true);
        serve(&mut residents, &prompt(1000..1100));
        let placement = serve(&mut residents, &prompt(1000..1180));
        assert_eq!(placement, Placement { sequence: 0, copy_from: None, reused: 300 });
    }

    #[test]
    fn another_conversation_gets_a_copy_of_the_shared_prefix_and_both_stay() {
        let mut residents = Residents::new(4, true);
        serve(&mut residents, &prompt(1000..1100));
        let placement = serve(&mut residents, &prompt(2000..2100));
        assert_eq!(placement, Placement { sequence: 1, copy_from: Some(0), reused: 200 });
        assert_eq!(serve(&mut residents, &prompt(1000..1110)).reused, 300);
    }

    #[test]
    fn a_short_tail_is_not_worth_another_sequence() {
        let mut residents = Residents::new(4, true);
        serve(&mut residents, &prompt(1000..1010));
        let placement = serve(&mut residents, &prompt(2000..2010));
        assert_eq!(placement, Placement { sequence: 0, copy_from: None, reused: 200 });
    }

    #[test]
    fn the_longest_unused_conversation_gives_way() {
        let mut residents = Residents::new(2, true);
        serve(&mut residents, &prompt(1000..1100));
        serve(&mut residents, &prompt(2000..2100));
        serve(&mut residents, &prompt(1000..1150));
        let placement = serve(&mut residents, &prompt(3000..3100));
        assert_eq!((placement.sequence, placement.reused), (1, 200));
    }

    #[test]
    fn the_same_prompt_again_computes_only_its_last_tokens() {
        let mut residents = Residents::new(2, true);
        serve(&mut residents, &prompt(1000..1100));
        assert_eq!(serve(&mut residents, &prompt(1000..1100)).reused, 296);
    }

    #[test]
    fn one_sequence_alone_is_cut_back() {
        let mut residents = Residents::new(1, true);
        serve(&mut residents, &prompt(1000..1100));
        let placement = serve(&mut residents, &prompt(2000..2100));
        assert_eq!(placement, Placement { sequence: 0, copy_from: None, reused: 200 });
    }

    #[test]
    fn what_cannot_be_cut_is_only_ever_continued() {
        let mut residents = Residents::new(2, false);
        serve(&mut residents, &prompt(1000..1100));
        assert_eq!(serve(&mut residents, &prompt(1000..1150)).reused, 300);
        assert_eq!(serve(&mut residents, &prompt(2000..2100)).reused, 0);
    }

    #[test]
    fn eviction_takes_the_oldest_others_and_ends() {
        let mut residents = Residents::new(3, true);
        serve(&mut residents, &prompt(1000..1100));
        serve(&mut residents, &prompt(2000..2100));
        let current = serve(&mut residents, &prompt(3000..3100)).sequence;
        assert_eq!(residents.evict_but(current), Some(0));
        assert_eq!(residents.evict_but(current), Some(1));
        assert_eq!(residents.evict_but(current), None);
        assert_eq!(residents.len(current), 300);
    }
}
