-- Start-time fair queueing: the lowest vstart runs next (of equal ones a preview, then what is normal, then bulk:
-- the words' order backwards), and the virtual time is the start of the job that was started last.
-- A claim looks at the first job of each client and kind, however many wait behind it; what else decides stands in the
-- index too, so that jobs which fit no card that is free are passed over without being read.
DROP INDEX job_pick;
DROP INDEX job_served;
CREATE INDEX job_pick ON job(tenant, kind, vstart, class DESC, vfinish, id, run_after, need_gpu, gpu_mb, proto_min, engine)
  WHERE state='queued';
CREATE INDEX job_served ON job(vstart) WHERE fence>0;
-- Lists of jobs by state.
CREATE INDEX job_state ON job(state, id);
-- Jobs that come again, by when.
CREATE INDEX job_due ON job(run_after) WHERE state='queued' AND run_after>0;
-- Who waits before a job, whoever's they are.
CREATE INDEX job_place ON job(kind, vstart) WHERE state='queued';
