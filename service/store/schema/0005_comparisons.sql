-- Comparisons of two revisions are jobs of the kind `analysis`, whose subject is the later one.
CREATE INDEX job_analysis ON job(subject) WHERE kind='analysis';
