using BatchWorker.Archive;

namespace BatchWorker.Tests.Archive;

internal sealed class JournalTests
{
    private DirectoryInfo _directory = null!;
    private Journal _journal = null!;

    [SetUp]
    public void Start()
    {
        _directory = Directory.CreateTempSubdirectory("bw-journal-");
        _journal = new Journal(Path.Combine(_directory.FullName, "journal"));
    }

    [TearDown]
    public void Clean() => _directory.Delete(recursive: true);

    [Test]
    public void A_number_is_written_once_and_what_was_written_stays()
    {
        Assert.That((_journal.Write(7, [1]), _journal.Write(7, [2]), _journal.Write(12, [3])), Is.EqualTo((true, false, true)));
        Assert.That((_journal.Numbers(), _journal.Read(7)), Is.EqualTo((new long[] { 7, 12 }, new byte[] { 1 })));
        Assert.That(new Journal(Path.Combine(_directory.FullName, "journal")).Read(12), Is.EqualTo(new byte[] { 3 }));
    }

    [Test]
    public void A_journal_forgets_what_is_old_and_nothing_behind_it()
    {
        var now = new DateTimeOffset(2026, 11, 23, 2, 0, 0, TimeSpan.Zero);
        foreach (var (number, days) in new[] { (1, 40), (2, 36), (3, 1) })
        {
            _journal.Write(number, [0]);
            var path = Directory.EnumerateFiles(_directory.FullName, $"*{number}.json", SearchOption.AllDirectories).Single();
            File.SetLastWriteTimeUtc(path, now.AddDays(-days).UtcDateTime);
        }
        _journal.DropWrittenBefore(now.AddDays(-35));
        Assert.That(_journal.Numbers(), Is.EqualTo(new long[] { 3 }));
    }

    [Test]
    public void An_entry_that_was_cut_off_is_none_and_is_written_anew()
    {
        Directory.CreateDirectory(Path.Combine(_directory.FullName, "journal"));
        File.WriteAllText(Path.Combine(_directory.FullName, "journal", "0000000000000005.json.draft"), "{");
        Assert.That(_journal.Numbers(), Is.Empty);
        Assert.That(_journal.Write(5, [9]), Is.True);
        Assert.That(_journal.Read(5), Is.EqualTo(new byte[] { 9 }));
    }
}
