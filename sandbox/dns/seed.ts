/** The record that each domain of the example's tenants is proven by, as their DNS administrators have set it. */
export const seededProofs: readonly (readonly [domain: string, value: string])[] = [
  ["aldervoss.example", "tenantry-domain=prxb3lw47tgfv3wxl4ph3qfvuppbfoy7iwnpb6zlge47rczuuhmq"],
  ["bluefin.example", "tenantry-domain=2ewbumk46e4rjqpt3u45odjpsrvwvue56wgdzr5gamqgjcfdpllq"],
  ["cobaltclinics.example", "tenantry-domain=qjgkoo7qv64qitsig6oyrkvrgnxl6ya4ezjzd2npjbfcfz27cjrq"],
  ["fernhill.example", "tenantry-domain=rn2rzluu745hyvrduwjf2qulf4a3h5i4xxzoieg72rqasa76bvlq"],
  ["juniperlabs.example", "tenantry-domain=ret4a4vmsyaxtytsvhymjaazlgbpxgz4zp4hqe5ayzlkuzm66vqq"],
  ["marigold.example", "tenantry-domain=ysi7vjyt7zbf3sfyxttqhgomdijaaodcceaejydm7a2yok7fieoq"],
  ["northwindrail.example", "tenantry-domain=3utauzklfrhkwrbxjezbwgtufiyyimhxpytj3qr5yozp763xaqna"],
  ["nwr-freight.example", "tenantry-domain=3pik3l5tnqsknmeawx5gdciimud3wtmexaegaqk6yyjdnoaknbnq"],
  ["ostravasteel.example", "tenantry-domain=yryov36cewo4fpr27rsycktz2kcwkh76a656ylradglgpr4h7msq"],
  ["os-metal.example", "tenantry-domain=7ujk4nikzbhfltv274y2pmsltc6m63mksnnubfwroubpygzmpj5a"],
  ["pebblepress.example", "tenantry-domain=szufhyho3utgym254krzeaqqs6tf2oczrcsmbyo6lmccukhbe3qa"],
  ["sandstone.example", "tenantry-domain=q5nfvjjyhhyrewpwbckgdk5udz5xvbuxf3234oamyspzur2n6lja"],
  ["tannberg.example", "tenantry-domain=pv2zqq2uwjtopp2sv5zuoz6kctffenjfe2ki3he6ijjpaazmbitq"],
  ["stud.tannberg.example", "tenantry-domain=547dbrasrgrubeheu756v3vfiarwm5bydakr5k76zalgkmqmgenq"],
  ["xn--universitt-tannberg-owb.example", "tenantry-domain=talh6mwkge5fjrjyktt2335a6lwqgb5njubqauvo23qkjk6ywt6q"],
  ["whiterabbit.example", "tenantry-domain=e4tk7byc4lvl7ihr7yza74r6moqyzeauybh5wyfk36ahotkwncea"],
];
