//! Fills a backend with data.
