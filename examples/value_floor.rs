//! The floor for folders of any JSON: reads every `.json` file below a folder and parses it with
//! `serde_json` into plain values, on one thread, doing nothing else. Files that are no strict JSON
//! (templates have comments) are parsed as far as they go. Prints how many bytes it read.

use std::{error::Error, fs, path::Path};

#[expect(clippy::print_stdout, reason = "its only output")]
fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: value_floor FOLDER")?;
    println!("{} bytes", parse(Path::new(&folder))?);
    Ok(())
}

fn parse(folder: &Path) -> Result<usize, Box<dyn Error>> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            bytes += parse(&path)?;
        } else if path.extension().is_some_and(|end| end == "json") {
            let text = fs::read(&path)?;
            // The work was done, whatever came of it.
            let value = serde_json::from_slice::<serde_json::Value>(&text);
            std::hint::black_box(&value).as_ref().ok();
            bytes += text.len();
        }
    }
    Ok(bytes)
}
