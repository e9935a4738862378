using BatchWorker.Archive;

namespace BatchWorker.Tests.Archive;

internal sealed class StoreIdTests
{
    private SegmentDirectory _directory = null!;

    [SetUp]
    public void Create() => _directory = new SegmentDirectory();

    [TearDown]
    public void Delete() => _directory.Dispose();

    [Test]
    public void A_directory_keeps_the_id_that_it_was_given()
    {
        var id = StoreId.ReadOrCreate(_directory.Root);
        Assert.That(id, Is.Not.EqualTo(Guid.Empty));
        Assert.That(StoreId.ReadOrCreate(_directory.Root), Is.EqualTo(id));
    }

    [Test]
    public void Two_directories_have_two_ids()
    {
        using var other = new SegmentDirectory();
        Assert.That(StoreId.ReadOrCreate(_directory.Root), Is.Not.EqualTo(StoreId.ReadOrCreate(other.Root)));
    }

    [Test]
    public void Processes_that_begin_at_once_agree_on_one_id_and_leave_no_draft()
    {
        var ids = new Guid[16];
        Parallel.For(0, ids.Length, new ParallelOptions { MaxDegreeOfParallelism = ids.Length }, i => ids[i] = StoreId.ReadOrCreate(_directory.Root));
        Assert.That(ids.Distinct().Count(), Is.EqualTo(1));
        Assert.That(Directory.GetFiles(_directory.Root), Has.Length.EqualTo(1));
    }

    [TestCase("")]
    [TestCase("not an id\n")]
    public void A_file_that_holds_no_id_is_never_replaced(string content)
    {
        StoreId.ReadOrCreate(_directory.Root);
        var file = Directory.GetFiles(_directory.Root).Single();
        File.WriteAllText(file, content);
        Assert.That(() => StoreId.ReadOrCreate(_directory.Root), Throws.InstanceOf<InvalidDataException>());
        Assert.That(File.ReadAllText(file), Is.EqualTo(content));
    }
}
