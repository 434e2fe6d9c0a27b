//! The objects of the Support API. Their keys stand in the recorded order, of 2023 and 2024 where
//! there are recordings. What this server does not keep has the value of a new object.

pub mod audit;
pub mod brand;
pub mod comment;
pub mod count;
pub mod deleted_ticket;
pub mod export;
mod field;
mod html;
pub mod job;
pub mod named;
pub mod request;
pub mod search_result;
pub mod side_conversation;
pub mod ticket;
pub mod ticket_event;
mod time;
pub mod user;
mod via;
