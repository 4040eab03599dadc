//! Plans and states as they come.
