using BatchWorker.Costs;
using BatchWorker.Lifecycle;

namespace BatchWorker.Tests.Costs;

internal sealed class PricesTests
{
    private const string Header = "provider,model,above_input_tokens,input,output,cached_input,batch_input,batch_output,batch_cached_input,source,as_of\n";
    private string _path = "";
    private DateTime _at = new(2026, 11, 23, 0, 0, 0, DateTimeKind.Utc);

    [SetUp]
    public void NewFile() => _path = Path.GetTempFileName();

    [TearDown]
    public void DeleteFile() => File.Delete(_path);

    [Test]
    public void A_row_of_the_file_takes_the_place_of_what_is_shipped_and_others_stay()
    {
        Write("openai,gpt-4o,0,1,2,,,,,us,2026-11\n");
        var prices = new Prices(_path);
        Assert.That(Cost(prices, "gpt-4o"), Is.EqualTo(new JobCost(1_000_000, 500_000)));
        Assert.That(Cost(prices, "gpt-5-nano"), Is.EqualTo(Cost(new Prices(), "gpt-5-nano")));
    }

    [Test]
    public void The_file_is_read_again_when_it_has_changed()
    {
        Write("");
        var prices = new Prices(_path);
        Assert.That((prices.Reload(), Cost(prices, "acme-1")), Is.EqualTo((false, (JobCost?)null)));
        Write("openai,acme-1,0,3,,,,,,us,2026-11\n");
        Assert.That((prices.Reload(), prices.Reload()), Is.EqualTo((true, false)));
        Assert.That(Cost(prices, "acme-1"), Is.EqualTo(new JobCost(3_000_000, 1_500_000)));
    }

    [Test]
    public void A_file_that_became_unusable_leaves_the_prices_and_is_told_once()
    {
        Write("openai,acme-1,0,3,,,,,,us,2026-11\n");
        var prices = new Prices(_path);
        Write("openai,acme-1,0,three,,,,,,us,2026-11\n");
        Assert.That(() => prices.Reload(), Throws.TypeOf<InvalidDataException>());
        Assert.That((prices.Reload(), Cost(prices, "acme-1")), Is.EqualTo((false, (JobCost?)new JobCost(3_000_000, 1_500_000))));
        File.Delete(_path);
        Assert.That(() => prices.Reload(), Throws.InstanceOf<IOException>());
        Assert.That(prices.Reload(), Is.False);
    }

    private static JobCost? Cost(Prices prices, string model) => prices.Book.CostOf(Provider.OpenAi, model, new Usage(1, 0, 0));

    private void Write(string rows)
    {
        File.WriteAllText(_path, Header + rows);
        File.SetLastWriteTimeUtc(_path, _at = _at.AddSeconds(1));
    }
}
