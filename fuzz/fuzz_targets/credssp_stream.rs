//! libFuzzer's program for the target `credssp_stream`: see `src/credssp_stream.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(credssp_stream);
