mod bad_input;
mod corpus;
mod generated;
mod places;
mod rules;
