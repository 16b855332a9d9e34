//! Every bound in one place, with the reason for it.

/// A catalog line longer than this is no product but a broken file.
pub const CATALOG_LINE_BYTES_MAX: usize = 1 << 20;

/// A conversation's id is a channel's name and the channel's own id; one longer than this is neither.
pub const CONVERSATION_ID_BYTES_MAX: usize = 200;

/// A damaged store is described by its first problems; the rest would say the same.
pub const STORE_PROBLEMS_MAX: usize = 20;

/// sled's page cache. A shop's conversations are small; the memory belongs to the model.
pub const STORE_CACHE_BYTES: u64 = 64 << 20;

/// Questions of one message that are answered where the configuration does not say: more make no chat message.
pub const ANSWER_PARTS_MAX: usize = 3;

/// Problems of an import that are listed unasked: enough to see what is wrong with a feed.
pub const PROBLEMS_SHOWN: usize = 20;
