//! UniFFI's generator. It must be of the same version as the library whose calls it describes, so it is
//! built from the same lock file.

fn main() {
    uniffi::uniffi_bindgen_main();
}
