using BatchWorker.Benchmarks;

if (args is ["lists", .. var size]) { return await ListProof.RunAsync(size); }
if (args is ["store-kills", .. var rest])
{
    return await StoreKills.RunAsync(rest);
}
var options = HarnessOptions.Parse(args);
if (options is null)
{
    Console.WriteLine(HarnessOptions.Usage);
    return 2;
}
var failures = await new Run(options).RunAsync();
return failures == 0 ? 0 : 1;
