//! llama.cpp writes to standard error by itself: send that to tracing at debug, and keep its last complaints, which say
//! why a model could not be loaded.
#![allow(unsafe_code)]

use std::collections::VecDeque;
use std::ffi::{CStr, c_char, c_void};
use std::sync::{Mutex, Once, PoisonError};

use llama_cpp_sys_2::{GGML_LOG_LEVEL_ERROR, ggml_log_level, llama_log_set};

const COMPLAINTS_MAX: usize = 4;

static COMPLAINTS: Mutex<VecDeque<String>> = Mutex::new(VecDeque::new());

/// Once for the process; later calls do nothing.
pub(super) fn redirect() {
    static ONCE: Once = Once::new();
    // SAFETY: the callback is a static function that uses no user data, so it stays valid for the process's life.
    ONCE.call_once(|| unsafe { llama_log_set(Some(forward), std::ptr::null_mut()) });
}

/// What llama.cpp complained about since the last call, as one line.
pub(super) fn take_complaints() -> String {
    let mut complaints = COMPLAINTS.lock().unwrap_or_else(PoisonError::into_inner);
    complaints.drain(..).collect::<Vec<_>>().join("; ")
}

unsafe extern "C" fn forward(level: ggml_log_level, text: *const c_char, _: *mut c_void) {
    if text.is_null() {
        return;
    }
    // SAFETY: llama.cpp passes a string that ends with a zero byte and lives for the call.
    let text = unsafe { CStr::from_ptr(text) }.to_string_lossy();
    let line = text.trim();
    if line.is_empty() || line == "." {
        return;
    }
    if level == GGML_LOG_LEVEL_ERROR {
        let mut complaints = COMPLAINTS.lock().unwrap_or_else(PoisonError::into_inner);
        if complaints.len() == COMPLAINTS_MAX {
            complaints.pop_front();
        }
        complaints.push_back(line.to_owned());
    }
    tracing::debug!(target: "llama_cpp", "{line}");
}
