//! The search against hosts counted out one by one, and against laws.

mod cases;
mod oracle;
mod slow;
