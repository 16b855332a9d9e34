//! Floorwalker: a self-hosted, chat-first customer-service bot for online shops in which the model is never the
//! source of a fact. ARCHITECTURE.md is the map.

pub mod catalog;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod limits;
pub mod llm;
pub mod models;
pub mod retrieval;
pub mod store;
pub mod telemetry;
pub mod text;
pub mod turn;
