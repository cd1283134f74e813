//! Behaviour of the interpreter.
