using BatchWorker.Tests.Archive;
using BatchWorker.Tests.Control;
using BatchWorker.Tests.Costs;
using BatchWorker.Tests.Flow;
using BatchWorker.Tests.Providers.OpenAi;
using BatchWorker.Tests.Queue;
using On = BatchWorker.Tests.Planted.PlantedBug;

namespace BatchWorker.Tests.Planted;

/// <summary>Every fault that is planted. They are texts and not switches in the sources: production code holds nothing of them.</summary>
internal static class PlantedBugs
{
    public static IReadOnlyList<PlantedBug> All { get; } = [.. Queue(), .. Create(), .. Doubt(), .. Results(), .. Money()];

    private static IEnumerable<PlantedBug> Queue()
    {
        yield return new On("remove_before_copy", "a claim takes jobs out of the queue before they are in the manifest")
            .At("Queue/JobClaims.cs", ".Write(\"SET\", Keys.Manifest(batch.Number, batch.Claimed / RedisKeys.ChunkSize), ManifestCodec.Encode(sequences));", """
                ;
                if (!PLANTED)
                {
                    claim.Write("SET", Keys.Manifest(batch.Number, batch.Claimed / RedisKeys.ChunkSize), ManifestCodec.Encode(sequences));
                }
                """)
            .At("Queue/JobClaims.cs", "claim.Write(\"ZADD\", Keys.Work(BatchWork.Prepare), \"XX\"", """
                if (PLANTED)
                {
                    claim.Write("SET", Keys.Manifest(batch.Number, batch.Claimed / RedisKeys.ChunkSize), ManifestCodec.Encode(sequences));
                }
                claim.Write("ZADD", Keys.Work(BatchWork.Prepare), "XX"
                """)
            .Catches<CutOffTests>(nameof(CutOffTests.A_claim_is_finished_and_no_job_is_in_two_batches_or_in_none));
        yield return new On("no_epoch_check", "a transition does not look at the owner's epoch")
            .At("Queue/BatchLedger.cs", "nextAt, [LedgerFields.Epoch, LedgerFields.Record], [batch.Epoch, batch.Stored]);", """
                nextAt, PLANTED ? [LedgerFields.Record] : [LedgerFields.Epoch, LedgerFields.Record], PLANTED ? [batch.Stored] : [batch.Epoch, batch.Stored]);
                """)
            .Catches<BatchLedgerTests>(nameof(BatchLedgerTests.An_owner_of_an_earlier_epoch_changes_nothing));
        yield return new On("no_epoch_check_in_settle", "a settlement does not look at the owner's epoch")
            .At("Queue/SettlementScript.cs", "[LedgerFields.Epoch, LedgerFields.Settlements],", "[PLANTED ? LedgerFields.Settlements : LedgerFields.Epoch, LedgerFields.Settlements],")
            .At("Queue/SettlementScript.cs", "[batch.Epoch, batch.Settlements]);", "[PLANTED ? (RedisValue)batch.Settlements : batch.Epoch, batch.Settlements]);")
            .Catches<SettlementsTests>(nameof(SettlementsTests.A_settlement_by_an_owner_of_an_earlier_epoch_changes_nothing));
        yield return new On("lease_from_answer", "the trust in the lease is counted from the answer to its renewal, not from before the question")
            .At("Queue/OwnerLease.cs", "Interlocked.Exchange(ref _trustedFrom, sent);", "Interlocked.Exchange(ref _trustedFrom, PLANTED ? store.Time.GetTimestamp() : sent);")
            .Catches<OwnerLeaseTests>(nameof(OwnerLeaseTests.Trust_is_counted_from_before_the_renewal_was_sent));
        yield return new On("key_ignored", "an idempotency key is not looked at")
            .At("Queue/EnqueueCall.cs", "target[6] = job.Idempotency is { } mark ?", "target[6] = job.Idempotency is { } mark && !PLANTED ?")
            .Catches<JobIntakeTests>(nameof(JobIntakeTests.The_same_key_with_the_same_job_is_answered_with_the_first_id))
            .Catches<EnqueueTests>(nameof(EnqueueTests.Fifty_at_once_with_one_key_are_one_job));
        yield return (new On("cursor_off_by_one", "a page begins with the last item of the page before") { IsOfTheEngine = false })
            .At("Queue/JobLists.cs", "SelectMany(JobMatches.SequencesOf).Where(sequence => sequence < below)", "SelectMany(JobMatches.SequencesOf).Where(sequence => PLANTED ? sequence <= below : sequence < below)")
            .Catches<JobListTests>(nameof(JobListTests.A_walk_shows_every_job_once_and_the_newest_first));
    }

    private static IEnumerable<PlantedBug> Create()
    {
        yield return new On("retry_on_unknown", "a create call of unknown outcome is sent again")
            .At("Batching/CreateCall.cs", "        switch (outcome)", """
                        if (PLANTED && outcome is CreateOutcome.Unknown lost)
                        {
                            outcome = new CreateOutcome.NotSent(lost.Reason);
                        }
                        switch (outcome)
                """)
            .Catches<SubmissionTests>(nameof(SubmissionTests.A_lost_answer_to_create_is_adopted_and_never_sent_again));
        yield return new On("takeover_without_reconcile", "who takes over a batch in the middle of its create call sends the call")
            .At("Batching/Submitter.cs", "if (batch.Record.Intent is not null)", "if (batch.Record.Intent is not null && !PLANTED)")
            .Catches<SubmissionTests>(nameof(SubmissionTests.A_process_that_ends_during_create_leaves_a_doubt_and_no_second_call));
        yield return new On("journal_not_written", "a create call is sent without its entry in the journal")
            .At("Batching/CreatePermit.cs", "if (!await submissions.CopyAsync(intended))", "if (!PLANTED && !await submissions.CopyAsync(intended))")
            .Catches<RollbackTests>(nameof(RollbackTests.Without_its_line_in_the_journal_nothing_is_submitted))
            .Catches<RollbackTests>(nameof(RollbackTests.A_batch_that_the_store_forgot_is_put_back_and_adopted_and_its_jobs_are_never_sent_again));
        yield return new On("cancel_not_fenced", "the last step before money does not look for a cancellation")
            .At("Queue/BatchLedger.cs", "LedgerFields.Record, LedgerFields.Cancel], [batch.Epoch, batch.Stored, RedisValue.EmptyString]", """
                LedgerFields.Record, PLANTED ? LedgerFields.Record : LedgerFields.Cancel], [batch.Epoch, batch.Stored, PLANTED ? batch.Stored : RedisValue.EmptyString]
                """)
            .Catches<BatchLedgerTests>(nameof(BatchLedgerTests.A_cancellation_is_seen_at_once_and_stops_the_last_step_before_money));
        yield return new On("attempt_for_429", "a 429 to the create call costs every job of the batch an attempt")
            .At("Batching/SubmitFailures.cs", "            case FailureKind.Throttled when await", """
                            case FailureKind.Throttled when PLANTED:
                                await batches.EndAsync(unsent, new BatchEnding(BatchState.Failed, Leftover.BrokeDown), error, time.GetUtcNow());
                                break;
                            case FailureKind.Throttled when await
                """)
            .Catches<SubmissionTests>(nameof(SubmissionTests.Too_many_requests_wait_as_long_as_the_provider_asks));
    }

    private static IEnumerable<PlantedBug> Doubt()
    {
        yield return new On("one_empty_listing", "one empty listing proves that a create call did not arrive")
            .At("Polling/PollPlan.cs", "emptyListings >= EmptyListings && listedAt", "PLANTED || emptyListings >= EmptyListings && listedAt")
            .Catches<SubmissionTests>(nameof(SubmissionTests.A_call_that_got_lost_is_sent_again_only_after_the_grace_and_three_empty_listings));
        yield return new On("failed_listing_is_empty", "a listing that fails counts as one that is empty")
            .At("Polling/Reconciler.cs", "        if (found.Failure is { } failure)", """
                        if (PLANTED && found.Failure is not null)
                        {
                            await doubts.NoteEmptyAsync(batch, listed);
                        }
                        else if (found.Failure is { } failure)
                """)
            .Catches<SubmissionTests>(nameof(SubmissionTests.Listings_that_fail_prove_nothing));
        yield return new On("duplicate_runs_on", "a late duplicate is noted and not cancelled")
            .At("Polling/Duplicates.cs", "ours.Where(duplicate => duplicate is { HasEnded: false, IsStopping: false })", "ours.Where(duplicate => !PLANTED && duplicate is { HasEnded: false, IsStopping: false })")
            .Catches<SubmissionTests>(nameof(SubmissionTests.A_submission_that_turns_up_late_is_stopped));
        yield return new On("duplicate_not_counted", "a late duplicate is counted at every look")
            .At("Polling/Duplicates.cs", "ours.Where(duplicate => !judged.IsLate(duplicate.Id)).ToArray()", "ours.Where(duplicate => PLANTED || !judged.IsLate(duplicate.Id)).ToArray()")
            .Catches<LateDuplicateTests>(nameof(LateDuplicateTests.It_counts_once_over_restarts_and_replicas));
        yield return new On("account_ignored", "a batch is asked for with whatever key is configured")
            .At("Polling/Poller.cs", "|| provider.Account != batch.Record.Account)", "|| (provider.Account != batch.Record.Account && !PLANTED))")
            .At("Results/RetrievalSources.cs", "&& provider.Account == batch.Account ? provider", "&& (provider.Account == batch.Account || PLANTED) ? provider")
            .Catches<OutcomeTests>(nameof(OutcomeTests.Another_account_is_never_asked_for_a_batch));
    }

    private static IEnumerable<PlantedBug> Results()
    {
        yield return new On("results_by_order", "the n-th line of the results answers the n-th job")
            .At("Results/Settler.cs", "        if (places.PlaceOf(id) is { } place)", """
                        if (PLANTED)
                        {
                            await AddAsync(null, places.Open.First(open => !_taken.Contains((null, open))), verdict, cancellationToken);
                            return;
                        }
                        if (places.PlaceOf(id) is { } place)
                """)
            .Catches<BatchLifeTests>(nameof(BatchLifeTests.Every_job_gets_the_answer_to_its_own_request));
        yield return new On("last_line_wins", "of two lines for one job the last one counts")
            .At("Results/Settler.cs", "        if (places.IsSettled(place) ||", """
                        if (PLANTED && _pending.FindIndex(pending => pending.Place == place) is >= 0 and var earlier)
                        {
                            _pending[earlier] = (id, place, verdict);
                            return;
                        }
                        if (places.IsSettled(place) ||
                """)
            .Catches<OddAnswersTests>(nameof(OddAnswersTests.Of_two_answers_to_one_job_the_first_stays_and_the_second_is_said))
            .Catches<OddAnswersTests>(nameof(OddAnswersTests.A_job_that_both_files_name_has_succeeded_and_that_is_said));
        yield return new On("id_not_checked", "an id with the right number and a made-up end is taken")
            .At("Results/Settler.cs", "if (pending.Id is { } id && job.IdOf(sequence) != id)", "if (!PLANTED && pending.Id is { } id && job.IdOf(sequence) != id)")
            .Catches<OddAnswersTests>(nameof(OddAnswersTests.An_id_that_was_made_up_does_not_take_the_place_of_the_true_one));
        yield return new On("expired_output_dropped", "what an expired batch has answered is thrown away")
            .At("Results/RetrievalSources.cs", "Answers = seen.Value!.MayHoldAnswers ?", "Answers = seen.Value!.MayHoldAnswers && !(PLANTED && seen.Value.Phase == ProviderPhase.Expired) ?")
            .Catches<OutcomeTests>(nameof(OutcomeTests.An_expired_batch_keeps_its_answers_and_sends_the_rest_again));
        yield return new On("settled_before_stored", "jobs succeed before their answers are on the disk")
            .At("Results/Settler.cs", "        await segment.FlushAsync(cancellationToken);", """
                        if (!PLANTED)
                        {
                            await segment.FlushAsync(cancellationToken);
                        }
                """)
            .At("Results/Settler.cs", "        await Failpoints.HitAsync(Failpoint.F16);", """
                        if (PLANTED)
                        {
                            await segment.FlushAsync(cancellationToken);
                        }
                        await Failpoints.HitAsync(Failpoint.F16);
                """)
            .Catches<BatchLifeTests>(nameof(BatchLifeTests.No_job_has_succeeded_before_its_answer_is_stored));
        yield return (new On("cut_file_is_whole", "a download that ends before its end is taken for all of it") { IsOfTheEngine = false })
            .At("Providers/Http/LineDownload.cs", "throw Lost(ProviderFailures.CodeOf(fault));", """
                if (PLANTED)
                {
                    return false;
                }
                throw Lost(ProviderFailures.CodeOf(fault));
                """)
            .Catches<DownloadTests>(nameof(DownloadTests.A_download_that_is_cut_delivers_what_came_and_then_fails));
    }

    private static IEnumerable<PlantedBug> Money()
    {
        yield return new On("money_before_outcome", "the sums of a settlement are written before its outcomes")
            .At("Queue/Settlements.cs", "            script.WriteOutcomes(settlements);", """
                            if (PLANTED)
                            {
                                script.Transaction.Write("HSET", Keys.Batch(batch.Number), LedgerFields.Settlements, number, LedgerFields.Totals, totals.Pack());
                            }
                            script.WriteOutcomes(settlements);
                """)
            .Catches<CutOffTests>(nameof(CutOffTests.A_settlement_is_finished_and_counts_every_outcome_once));
        yield return new On("counted_again", "a settlement that is repeated is added to its day once more")
            .At("Queue/DayTotals.cs", "if (settlement <= LastSettlement)", "if (settlement <= LastSettlement && !PLANTED)")
            .At("Queue/BatchTotals.cs", "settlement <= LastSettlement ? this", "settlement <= LastSettlement && !PLANTED ? this")
            .Catches<CutOffTests>(nameof(CutOffTests.A_settlement_is_finished_and_counts_every_outcome_once));
        yield return (new On("cached_at_full_rate", "tokens from the cache cost what others cost") { IsOfTheEngine = false })
            .At("Costs/TokenRates.cs", "((Int128)cached * CachedInput)", "((Int128)cached * (PLANTED ? Input : CachedInput))")
            .Catches<PriceBookTests>(nameof(PriceBookTests.Cached_input));
        yield return (new On("no_batch_discount", "batches cost what real-time calls cost") { IsOfTheEngine = false })
            .At("Costs/PriceTiers.cs", "new JobCost(standard, paid)", "new JobCost(standard, PLANTED ? standard : paid)")
            .Catches<PriceBookTests>(nameof(PriceBookTests.Requests));
        yield return (new On("damage_not_seen", "the checksum of a stored result is not looked at") { IsOfTheEngine = false })
            .At("Archive/Frame.cs", "if (BinaryPrimitives.ReadUInt32LittleEndian(frame[ChecksumAt..])", "if (!PLANTED && BinaryPrimitives.ReadUInt32LittleEndian(frame[ChecksumAt..])")
            .Catches<DamageTests>(nameof(DamageTests.Damage_at_any_byte_costs_its_frame_and_nothing_else));
    }
}
