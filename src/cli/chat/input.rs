//! Where a chat's lines come from: an editor with a history on a terminal, plain lines elsewhere.

use std::fs;
use std::io::BufRead;
use std::path::{Path, PathBuf};

use anyhow::Result;
use rustyline::error::ReadlineError;
use rustyline::{DefaultEditor, history::History};

use super::note;

/// Lines that the editor remembers.
const REMEMBERED_LINES_MAX: usize = 1_000;

const PROMPT: &str = "you › ";

/// One line, told apart.
#[derive(Debug, PartialEq, Eq)]
pub enum Said {
    Nothing,
    /// With its slash.
    Command(String),
    Message(String),
}

impl Said {
    pub fn of(line: &str) -> Said {
        let line = line.trim();
        match line.strip_prefix('/') {
            _ if line.is_empty() => Said::Nothing,
            // A date or `/s` is no command; a command begins with a letter.
            Some(rest) if rest.starts_with(|c: char| c.is_ascii_alphabetic()) => Said::Command(line.to_owned()),
            _ => Said::Message(line.to_owned()),
        }
    }
}

pub enum Input {
    Editor { editor: Box<DefaultEditor>, file: PathBuf },
    Lines,
}

impl Input {
    pub fn open(is_terminal: bool, data_dir: &Path) -> Result<Input> {
        if !is_terminal {
            return Ok(Input::Lines);
        }
        let mut editor = Box::new(DefaultEditor::new()?);
        editor.history_mut().set_max_len(REMEMBERED_LINES_MAX)?;
        let file = data_dir.join("chat-history.txt");
        // There is none before the first chat.
        let _ = editor.load_history(&file);
        Ok(Input::Editor { editor, file })
    }

    /// The next line; `None` where there are no more, or the shopper leaves.
    pub fn next(&mut self) -> Result<Option<Said>> {
        match self {
            Input::Editor { editor, file } => match editor.readline(PROMPT) {
                Ok(line) => {
                    remember(editor, file, &line);
                    Ok(Some(Said::of(&line)))
                }
                Err(ReadlineError::Interrupted) => Ok(Some(Said::Nothing)),
                Err(ReadlineError::Eof) => Ok(None),
                Err(error) => Err(error.into()),
            },
            Input::Lines => {
                let mut line = String::new();
                let read = std::io::stdin().lock().read_line(&mut line)?;
                Ok((read > 0).then(|| Said::of(&line)))
            }
        }
    }
}

fn remember(editor: &mut DefaultEditor, file: &Path, line: &str) {
    if line.trim().is_empty() {
        return;
    }
    let _ = editor.add_history_entry(line);
    if let Some(folder) = file.parent() {
        let _ = fs::create_dir_all(folder);
    }
    if let Err(error) = editor.append_history(file) {
        note(&format!("warning: the line is not remembered in {}: {error}", file.display()));
    }
}
