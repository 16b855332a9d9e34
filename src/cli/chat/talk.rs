//! One reply on its way to the terminal: part by part, with a typing sign while nothing is there yet, stopped by
//! Ctrl-C.

use std::io::Write;

use anyhow::Result;
use tokio::sync::mpsc;

use crate::turn::guard::Checked;
use crate::turn::word::Writer;
use crate::turn::{Assistant, Conversation, Message, Outcome};

const SIGN: &str = "…";
/// Back to the line's begin, and the line wiped.
const WIPE: &str = "\r\x1b[2K";

pub struct Talk<'a> {
    pub assistant: &'a Assistant,
    pub writer: Option<&'a Writer>,
    pub has_sign: bool,
}

impl Talk<'_> {
    /// The reply, or `None` where Ctrl-C stopped it. Dropping a turn cancels what the model was asked.
    pub async fn interruptible(
        &self,
        conversation: &mut Conversation,
        message: Message<'_>,
        out: &mut dyn Write,
    ) -> Result<Option<Outcome>> {
        tokio::select! {
            biased;
            _ = tokio::signal::ctrl_c() => Ok(None),
            outcome = self.to_its_end(conversation, message, out) => outcome.map(Some),
        }
    }

    pub fn stopped(&self, out: &mut dyn Write) -> Result<()> {
        let wipe = if self.has_sign { WIPE } else { "" };
        Ok(writeln!(out, "{wipe}(stopped)\n")?)
    }

    pub async fn to_its_end(
        &self,
        conversation: &mut Conversation,
        message: Message<'_>,
        out: &mut dyn Write,
    ) -> Result<Outcome> {
        // The turn may not hold `out` (its callback has to be `Send`), so the parts come through a channel.
        let (sender, mut parts) = mpsc::unbounded_channel::<Checked>();
        let mut sent = |part: &Checked| drop(sender.send(part.clone()));
        let turn = self.assistant.respond(conversation, message, self.writer, &mut sent);
        tokio::pin!(turn);
        let mut page = Page { out, has_sign: self.has_sign, parts: 0 };
        page.wait()?;
        let outcome = loop {
            tokio::select! {
                biased;
                Some(part) = parts.recv() => page.show(&part)?,
                outcome = &mut turn => break outcome,
            }
        };
        while let Ok(part) = parts.try_recv() {
            page.show(&part)?;
        }
        page.end()?;
        Ok(outcome)
    }
}

struct Page<'a> {
    out: &'a mut dyn Write,
    has_sign: bool,
    parts: usize,
}

impl Page<'_> {
    fn wait(&mut self) -> Result<()> {
        if self.has_sign {
            write!(self.out, "{SIGN}")?;
            self.out.flush()?;
        }
        Ok(())
    }

    fn show(&mut self, part: &Checked) -> Result<()> {
        if part.text().is_empty() {
            return Ok(());
        }
        self.wipe()?;
        if self.parts > 0 {
            writeln!(self.out)?;
        }
        self.parts += 1;
        writeln!(self.out, "{}", part.text())?;
        self.wait()
    }

    fn wipe(&mut self) -> Result<()> {
        if self.has_sign {
            write!(self.out, "{WIPE}")?;
        }
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        self.wipe()?;
        Ok(self.out.flush()?)
    }
}
