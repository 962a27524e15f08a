//! Converts a spaCy package directory into a weight file: `convert_package DIR OUT`.
//!
//! Used by the recipe in `training/language`.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args_os().skip(1);
    let (Some(dir), Some(out)) = (args.next(), args.next()) else {
        return Err("usage: convert_package DIR OUT".into());
    };
    let dir = std::path::PathBuf::from(dir);
    let bytes = watchkeeper_nlp::package::convert(&|path| std::fs::read(dir.join(path)).ok())?;
    std::fs::write(&out, &bytes)?;
    Ok(())
}
