//! `floorwalker chat`: the shop's assistant in the terminal. Each part of a reply is printed as soon as the guard has
//! passed it; every turn is kept in the store, so that the next start goes on where this one stopped.

mod input;
mod memory;
mod talk;
mod why;

use std::io::{IsTerminal, Write};

use anyhow::Result;
use clap::Args;

use super::{Outcome, Setup, catalog, note, writer};
use crate::domain::Lang;
use crate::turn::Assistant;
use crate::turn::word::Writer;
use input::{Input, Said};
use memory::Memory;

#[derive(Args, Debug)]
pub struct ChatArgs {
    /// A customer id or e-mail that is taken as proven
    #[arg(long)]
    customer: Option<String>,
    /// Varies the wordings
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Messages that `/history` shows.
const HISTORY_MESSAGES_MAX: usize = 40;

const HELP: &str = "\
/why         how the last reply came about
/product ID  a product as the catalog has it
/history     what was said before
/new         start a new conversation
/quit        leave (Ctrl-D does too; Ctrl-C stops a reply)";

pub fn run(arguments: &ChatArgs, setup: &Setup, out: &mut dyn Write) -> Result<Outcome> {
    let assistant = setup.open_assistant()?;
    let is_terminal = std::io::stdin().is_terminal();
    let shop = &assistant.shop.name;
    let model = writer::open_model(setup)?;
    // Lines from elsewhere are there at once; nothing is gained then.
    let to_warm = model.as_deref().filter(|_| is_terminal);
    let _warming = to_warm.map(|model| writer::warm_up(model, shop, &setup.loaded.config.shop.languages));
    let writer = model.map(|model| writer::writer(setup, shop, model)).transpose()?;
    let mut chat = Chat {
        assistant: &assistant,
        writer: writer.as_ref(),
        memory: Memory::open(setup),
        arguments,
        runtime: tokio::runtime::Builder::new_current_thread().enable_all().build()?,
        is_terminal,
        // A reply that goes to a file has no use for a sign that is wiped out again.
        has_sign: is_terminal && std::io::stdout().is_terminal(),
    };
    if is_terminal {
        chat.greet(setup, out)?;
    }
    let mut input = Input::open(is_terminal, &setup.loaded.data_dir)?;
    while let Some(said) = input.next()? {
        match said {
            Said::Nothing => {}
            Said::Command(line) if chat.command(&line, out)? => {}
            Said::Command(_) => break,
            Said::Message(text) => chat.reply(&text, out)?,
        }
        out.flush()?;
    }
    Ok(Outcome::Done)
}

struct Chat<'a> {
    assistant: &'a Assistant,
    writer: Option<&'a Writer>,
    memory: Memory,
    arguments: &'a ChatArgs,
    runtime: tokio::runtime::Runtime,
    is_terminal: bool,
    has_sign: bool,
}

impl Chat<'_> {
    fn greet(&self, setup: &Setup, out: &mut dyn Write) -> Result<()> {
        let shop = &self.assistant.shop;
        let name = if shop.name.is_empty() { "The shop" } else { &shop.name };
        writeln!(out, "{name}")?;
        for language in &setup.loaded.config.shop.languages {
            if let Some(line) = shop.tagline.get(language.code()) {
                writeln!(out, "  {line}")?;
            }
        }
        let hello = match setup.loaded.config.shop.languages.first() {
            Some(Lang::Zh) => "想找什么？输入 /help 查看命令。",
            _ => "What are you looking for? /help lists the commands.",
        };
        writeln!(out, "\n{hello}")?;
        if self.memory.resumed() > 0 {
            let turns = catalog::count(usize::try_from(self.memory.resumed()).unwrap_or(usize::MAX), "turn");
            writeln!(out, "(Going on where we stopped, after {turns}. /history shows them, /new starts afresh.)")?;
        }
        Ok(writeln!(out)?)
    }

    /// Does what a line with a slash says; `false` where it says to leave.
    fn command(&mut self, line: &str, out: &mut dyn Write) -> Result<bool> {
        let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match (name, rest.trim()) {
            ("/quit" | "/exit" | "/q", _) => return Ok(false),
            ("/help", _) => writeln!(out, "{HELP}")?,
            ("/why", _) => match self.memory.last_trace() {
                Some(trace) => why::print(&trace, out)?,
                None => writeln!(out, "Nothing was asked yet.")?,
            },
            ("/product", "") => writeln!(out, "Which one? /product ID")?,
            ("/product", id) => match self.assistant.shop.catalog.get(id) {
                Some(product) => catalog::print_product(product, out)?,
                None => writeln!(out, "The catalog has no product `{id}`.")?,
            },
            ("/history", _) => self.history(out)?,
            ("/new", _) => {
                self.memory.start_afresh();
                writeln!(out, "A new conversation.")?;
            }
            _ => writeln!(out, "There is no command {name}.\n{HELP}")?,
        }
        Ok(true)
    }

    fn history(&self, out: &mut dyn Write) -> Result<()> {
        let messages = self.memory.history(HISTORY_MESSAGES_MAX);
        if messages.is_empty() {
            writeln!(out, "Nothing was said yet.")?;
        }
        for message in messages {
            let who = match message.author {
                crate::store::Author::Shopper => "you",
                crate::store::Author::Bot => "bot",
                crate::store::Author::Staff => "staff",
            };
            let at = message.at.to_zoned_datetime(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string();
            writeln!(out, "{at}  {who:<5} {}", message.text.expose().replace('\n', "\n                         "))?;
        }
        Ok(())
    }

    fn reply(&mut self, text: &str, out: &mut dyn Write) -> Result<()> {
        let mut conversation = self.memory.conversation.clone();
        let message =
            crate::turn::Message { text, customer: self.arguments.customer.as_deref(), seed: self.arguments.seed };
        let talk = talk::Talk { assistant: self.assistant, writer: self.writer, has_sign: self.has_sign };
        let outcome = if self.is_terminal {
            self.runtime.block_on(talk.interruptible(&mut conversation, message, out))?
        } else {
            Some(self.runtime.block_on(talk.to_its_end(&mut conversation, message, out))?)
        };
        // A reply that was stopped is no turn: the conversation stays where it was.
        let Some(outcome) = outcome else { return talk.stopped(out) };
        writeln!(out)?;
        self.memory.conversation = conversation;
        if let Err(error) = self.memory.keep(text, &outcome) {
            out.flush()?;
            note(&format!("warning: this turn could not be kept: {error:#}"));
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests;
