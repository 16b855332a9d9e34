//! The shop's policies: Markdown files, one a topic and language, cut into sections by heading. A section is the unit
//! that is retrieved, cited and quoted.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::domain::Lang;

/// One `##` section of a policy file.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// File name without its ending: `shipping`, `returns`.
    pub topic: String,
    pub language: Lang,
    /// Title of the file (`# …`).
    pub title: String,
    pub heading: String,
    /// Plain text, list items one a line.
    pub text: String,
    /// Position among the file's sections; the same section has the same position in every language.
    pub position: usize,
}

impl Section {
    /// How a reply cites it: `policy:shipping/Delivery times`.
    pub fn source(&self) -> String {
        format!("policy:{}/{}", self.topic, self.heading)
    }
}

/// Reads `DIR/<language>/*.md`. A missing folder means that the shop has no policies.
pub fn read(dir: &Path) -> Result<Vec<Section>> {
    let mut sections = Vec::new();
    for language in Lang::ALL {
        let folder = dir.join(language.code());
        if !folder.is_dir() {
            continue;
        }
        let mut files: Vec<_> = fs::read_dir(&folder)
            .with_context(|| format!("cannot list {}", folder.display()))?
            .filter_map(|entry| entry.ok().map(|e| e.path()))
            .filter(|path| path.extension().is_some_and(|e| e == "md"))
            .collect();
        files.sort();
        for path in files {
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let topic = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
            sections.extend(cut(&topic, language, &text));
        }
    }
    Ok(sections)
}

fn cut(topic: &str, language: Lang, markdown: &str) -> Vec<Section> {
    let mut title = topic.to_owned();
    let mut sections: Vec<Section> = Vec::new();
    for line in markdown.lines() {
        let line = line.trim();
        if let Some(heading) = line.strip_prefix("## ") {
            sections.push(Section {
                topic: topic.to_owned(),
                language,
                title: title.clone(),
                heading: heading.trim().to_owned(),
                text: String::new(),
                position: sections.len(),
            });
        } else if let Some(name) = line.strip_prefix("# ") {
            title = name.trim().to_owned();
        } else if let Some(section) = sections.last_mut()
            && !line.is_empty()
        {
            if !section.text.is_empty() {
                let join = line.starts_with(['-', '*', '•']) || section.text.lines().last().is_some_and(is_item);
                section.text.push_str(if join {
                    "\n"
                } else if language == Lang::Zh {
                    ""
                } else {
                    " "
                });
            }
            section.text.push_str(&plain(line));
        }
    }
    sections.retain(|s| !s.text.is_empty());
    sections
}

fn is_item(line: &str) -> bool {
    line.starts_with("- ")
}

/// Markdown emphasis and links become their text.
fn plain(line: &str) -> String {
    let line = line.strip_prefix("* ").map_or_else(|| line.to_owned(), |rest| format!("- {rest}"));
    let mut out = String::with_capacity(line.len());
    let mut rest = line.as_str();
    while let Some(open) = rest.find('[') {
        let Some((text, after)) = rest.get(open + 1..).and_then(|r| r.split_once("](")) else { break };
        let Some((_, after)) = after.split_once(')') else { break };
        out.push_str(rest.get(..open).unwrap_or_default());
        out.push_str(text);
        rest = after;
    }
    out.push_str(rest);
    out.replace("**", "").replace("__", "").replace('`', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_carry_heading_and_plain_text() {
        let cut = cut(
            "shipping",
            Lang::En,
            "# Shipping\n\n## Costs\nStandard is **$5.90**.\nSee [here](http://x).\n\n## Where\n- US\n* Canada\n",
        );
        assert_eq!(cut.len(), 2);
        assert_eq!(cut[0].text, "Standard is $5.90. See here.");
        assert_eq!(cut[1].text, "- US\n- Canada");
        assert_eq!(cut[1].source(), "policy:shipping/Where");
    }
}
