mod accepted;
mod bad_input;
mod corpus;
mod generated;
mod places;
mod refused;
mod rules;
