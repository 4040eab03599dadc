//! Colours of the terminal, where they are wanted.

use crate::finding::{Severity, Verdict};

/// Paints, or does not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint(pub(crate) bool);

impl Paint {
    /// `text` in the colour of `severity`.
    pub(crate) fn severity(self, severity: Severity, text: &str) -> String {
        self.ink(
            match severity {
                Severity::Error => "1;31",
                Severity::Warning => "1;33",
                Severity::Note => "1;36",
            },
            text,
        )
    }

    /// `text` in the colour of `verdict`.
    pub(crate) fn verdict(self, verdict: Verdict, text: &str) -> String {
        self.ink(
            match verdict {
                Verdict::Allowed => "32",
                Verdict::Blocked => "1;31",
                Verdict::Partial => "1;33",
                Verdict::Unknown => "1;35",
            },
            text,
        )
    }

    /// `text` standing out.
    pub(crate) fn strong(self, text: &str) -> String {
        self.ink("1", text)
    }

    /// `text` standing back.
    pub(crate) fn faint(self, text: &str) -> String {
        self.ink("2", text)
    }

    fn ink(self, code: &str, text: &str) -> String {
        if self.0 { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
