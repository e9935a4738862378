using BatchWorker.Archive;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Tests.Queue;

internal sealed class RecordTests
{
    private const int LongestListpackValue = 64;

    [Test]
    public void A_job_at_its_extremes_stays_within_a_listpack_value_and_is_read_back()
    {
        var job = new JobRecord
        {
            CreatedMs = (1L << 48) - 1,
            State = JobState.Cancelled,
            Flags = (JobFlags)255,
            Lane = ushort.MaxValue,
            Priority = 10,
            Attempts = 255,
            MaxAttempts = 255,
            Tail = Ulid.Max40,
            DataSize = int.MaxValue,
            InputUnits = (1 << 24) - 1,
            Batch = Ulid.Max40,
            Position = (1 << 24) - 1,
            ChangedMs = (1L << 48) - 1,
            DueMs = (1L << 48) - 1,
            DeadlineMs = (1L << 48) - 1,
        };
        Assert.That(job.Pack(), Has.Length.EqualTo(JobRecord.Size).And.Length.LessThanOrEqualTo(LongestListpackValue));
        Assert.That(JobRecord.Unpack(job.Pack()), Is.EqualTo(job));
        var told = job with { Callback = new CallbackMark(uint.MaxValue, ushort.MaxValue) };
        Assert.That(told.Pack(), Has.Length.LessThanOrEqualTo(LongestListpackValue));
        Assert.That(JobRecord.Unpack(told.Pack()), Is.EqualTo(told));
        Assert.That(told.Callback!.Value.Next().Ends, Is.EqualTo(ushort.MaxValue), "the last number is used on");
    }

    [TestCase("""{"a":"b"}""")]
    [TestCase("")]
    public void What_a_caller_gave_beside_the_request_is_read_back_with_and_without_a_callback(string json)
    {
        var metadata = System.Text.Encoding.UTF8.GetBytes(json);
        foreach (var url in new[] { null, "https://hooks.example.com/a?b=c" })
        {
            var stored = new JobNotes(metadata, url).Pack();
            Assert.That(JobNotes.Unpack(stored).CallbackUrl, Is.EqualTo(url));
            Assert.That(JobNotes.Unpack(stored).Metadata.ToArray(), Is.EqualTo(metadata));
            Assert.That(JobNotes.MetadataIn(stored).HasValue, Is.EqualTo(json.Length > 0));
        }
        Assert.That((byte[]?)new JobNotes(metadata, null).Pack(), Is.EqualTo(metadata), "without one it is stored as ever");
    }

    [Test]
    public void An_outcome_at_its_extremes_stays_within_64_bytes_and_is_read_back()
    {
        var outcome = new OutcomeRecord
        {
            Outcome = Outcome.Missing,
            Requeued = true,
            NoRoom = true,
            Suspect = true,
            Retryable = true,
            Counted = true,
            Code = ushort.MaxValue,
            Settlement = (1 << 24) - 1,
            Usage = new Usage(uint.MaxValue, uint.MaxValue, (1 << 24) - 1, (1 << 24) - 2, (1 << 24) - 3),
            RealtimePico = OutcomeRecord.MostPico,
            BatchPico = OutcomeRecord.MostPico - 1,
            Address = new ResultAddress(uint.MaxValue, Ulid.Max40, byte.MaxValue),
            AtMs = (1L << 48) - 1,
            DueMs = (1L << 48) - 1,
        };
        Assert.That(outcome.Pack(), Has.Length.EqualTo(OutcomeRecord.Size).And.Length.LessThanOrEqualTo(LongestListpackValue));
        Assert.That(OutcomeRecord.Unpack(outcome.Pack()), Is.EqualTo(outcome));
    }

    [Test]
    public void Cache_counts_that_no_prompt_can_have_stop_at_the_largest_that_fits()
    {
        var outcome = new OutcomeRecord { Outcome = Outcome.Succeeded, Usage = new Usage(uint.MaxValue, 0, uint.MaxValue, 1 << 24, uint.MaxValue) };
        const uint Most = (1 << 24) - 1;
        Assert.That(OutcomeRecord.Unpack(outcome.Pack())!.Usage, Is.EqualTo(new Usage(uint.MaxValue, 0, Most, Most, Most)));
    }

    [Test]
    public void A_damaged_request_is_recognised()
    {
        var stored = RequestCodec.Encode(new StoredRequest("{\"model\":\"m\"}"u8.ToArray(), null));
        for (var i = 0; i < stored.Length; i++)
        {
            var damaged = (byte[])stored.Clone();
            damaged[i] ^= 0x40;
            Assert.That(RequestCodec.Decode(damaged), Is.Null, $"byte {i}");
        }
        Assert.That(RequestCodec.Decode(stored)!.Data.ToArray(), Is.EqualTo("{\"model\":\"m\"}"u8.ToArray()));
    }

    [Test]
    public void What_a_later_version_has_packed_is_refused_by_name_and_not_taken_for_damage()
    {
        var job = new JobRecord { State = JobState.Queued, Lane = 1, Priority = 5, MaxAttempts = 3, Tail = 1, DataSize = 1, InputUnits = 1 }.Pack();
        job[JobRecord.CreatedBytes] = 3;
        Assert.That(() => JobRecord.Unpack(job), Throws.TypeOf<InvalidDataException>().With.Message.Contains("version 3"));
        var request = RequestCodec.Encode(new StoredRequest("{}"u8.ToArray(), null));
        request[0] = 2;
        Assert.That(() => RequestCodec.Decode(request), Throws.TypeOf<InvalidDataException>().With.Message.Contains("codec 2"));
    }

    [Test]
    public void A_manifest_keeps_its_order()
    {
        long[] sequences = [7, 9, 1_000_000, 3, Ulid.Max40, 1];
        Assert.That(ManifestCodec.Decode(ManifestCodec.Encode(sequences)), Is.EqualTo(sequences));
    }
}
