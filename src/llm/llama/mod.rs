//! llama.cpp in this process. [`Engine`] loads the weights and answers askers; one thread owns the context and does the
//! work (`worker`), with the model's own chat template (`template`) and llguidance's grammars (`grammar`).

mod error;
mod grammar;
mod log;
mod template;
mod worker;

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, mpsc};
use std::thread::JoinHandle;

use llama_cpp_2::context::params::LlamaContextParams;
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::model::params::LlamaModelParams;

pub use error::LoadError;

use super::generation::channel;
use super::queue::Queue;
use super::{Generation, LanguageModel, Refused, Request};
use template::Template;
use worker::{Job, Worker};

/// How an engine is set up. The defaults suit a CPU and a shop's chat.
#[derive(Debug, Clone, PartialEq)]
pub struct EngineOptions {
    /// Most tokens of one request, prompt and reply; also the size of the cache that all sequences share.
    pub context_tokens: u32,
    /// Threads that compute; `None`: one a core.
    pub threads: Option<usize>,
    /// Layers that go to the GPU, where the build has one; 0 is none, a number above the model's layers is all.
    pub gpu_layers: u32,
    /// Token sequences that stay in the cache, for their prefix to be used again.
    pub sequences: usize,
    /// Requests that may wait; more are refused.
    pub queue_max: usize,
    /// Prompt tokens computed between two looks at cancellation and deadline. On a CPU keep it below 64 and a multiple
    /// of four: from 64 on llama.cpp computes attention in tiles, and a reply would depend on what was in the cache
    /// before. On a GPU 512 is faster.
    pub prefill_chunk_tokens: usize,
    /// A LoRA adapter (GGUF) that is laid over the weights.
    pub adapter: Option<PathBuf>,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            context_tokens: 4096,
            threads: None,
            gpu_layers: 0,
            sequences: 4,
            queue_max: 32,
            prefill_chunk_tokens: 48,
            adapter: None,
        }
    }
}

impl EngineOptions {
    fn threads(&self) -> usize {
        self.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get)).max(1)
    }
}

/// A loaded model. Dropping it ends the replies that are being written and waits for its thread.
pub struct Engine {
    name: String,
    model: Arc<LlamaModel>,
    context_tokens: usize,
    queue: Arc<Queue<Job>>,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Engine").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Engine {
    /// Loads a GGUF file. Blocks for as long as that takes: up to seconds, more for large models from a slow disk.
    pub fn load(path: &Path, options: &EngineOptions) -> Result<Self, LoadError> {
        log::redirect();
        error::check_file(path)?;
        let backend = backend()?;
        let params = LlamaModelParams::default().with_n_gpu_layers(options.gpu_layers);
        log::take_complaints();
        let mut model = LlamaModel::load_from_file(backend, path, &params).map_err(|_| error::not_loaded(path))?;
        let adapter = match &options.adapter {
            None => None,
            Some(path) if !path.exists() => return Err(LoadError::NotFound(path.clone())),
            Some(path) => Some(model.lora_adapter_init(path).map_err(|_| LoadError::Adapter(path.clone()))?),
        };
        let template = Template::of(&model).map_err(|reason| LoadError::Template { path: path.to_owned(), reason })?;

        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let model = Arc::new(model);
        let queue = Arc::new(Queue::new(options.queue_max));
        let stopping = Arc::new(AtomicBool::new(false));
        let (ready, is_ready) = mpsc::sync_channel(1);
        let thread = std::thread::Builder::new().name(format!("llm {name}")).spawn({
            let (model, queue, stopping) = (model.clone(), queue.clone(), stopping.clone());
            let options = options.clone();
            move || {
                let _last = CloseOnExit(&queue);
                match Worker::new(backend, &model, template, adapter, &options, stopping) {
                    Ok(mut worker) => {
                        let _ = ready.send(Ok(worker.context_tokens()));
                        while let Some(job) = queue.pop() {
                            worker.run(job);
                        }
                    }
                    Err(error) => {
                        let _ = ready.send(Err(error));
                    }
                }
            }
        });
        let thread = thread.map_err(|error| LoadError::Thread(error.to_string()))?;
        // A thread that died while it set up drops its end.
        let context_tokens = is_ready.recv().map_err(|_| LoadError::Thread("it died".into()))??;
        Ok(Self { name, model, context_tokens, queue, stopping, thread: Some(thread) })
    }

    /// Whether the engine's thread is there to answer.
    pub fn is_alive(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }
}

impl LanguageModel for Engine {
    fn name(&self) -> &str {
        &self.name
    }

    fn context_tokens(&self) -> usize {
        self.context_tokens
    }

    fn count_tokens(&self, text: &str) -> usize {
        self.model.vocab().tokenize(text.as_bytes(), false, false).len()
    }

    fn start(&self, request: Request) -> Result<Generation, Refused> {
        let (sink, generation) = channel(&request);
        self.queue.push(Job { request, sink, span: tracing::Span::current() })?;
        Ok(generation)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.queue.close();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!(model = self.name, "the engine's thread had panicked");
        }
    }
}

/// However the thread ends, those who wait are told.
struct CloseOnExit<'a>(&'a Queue<Job>);

impl Drop for CloseOnExit<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// llama.cpp's global state: made once for the process and never freed, since engines may come and go.
fn backend() -> Result<&'static LlamaBackend, LoadError> {
    static BACKEND: OnceLock<Result<LlamaBackend, String>> = OnceLock::new();
    let backend = BACKEND.get_or_init(|| LlamaBackend::init().map_err(|error| error.to_string()));
    backend.as_ref().map_err(|error| LoadError::Backend(error.clone()))
}

fn context_params(options: &EngineOptions) -> LlamaContextParams {
    let threads = i32::try_from(options.threads()).unwrap_or(i32::MAX);
    let chunk = u32::try_from(options.prefill_chunk_tokens.max(1)).unwrap_or(u32::MAX);
    let sequences = u32::try_from(options.sequences.max(1)).unwrap_or(u32::MAX);
    LlamaContextParams::default()
        .with_n_ctx(NonZeroU32::new(options.context_tokens))
        .with_n_batch(chunk)
        .with_n_ubatch(chunk)
        .with_n_seq_max(sequences)
        // One pool of cells for all sequences: a copied prefix takes no room, and one long request may use it all.
        .with_kv_unified(true)
        .with_n_threads(threads)
        .with_n_threads_batch(threads)
        .with_no_perf(true)
}
