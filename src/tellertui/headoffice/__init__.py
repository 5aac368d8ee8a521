"""Head office: takes the batches of branches, keeps them, and folds them into figures."""
